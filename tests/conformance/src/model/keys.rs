//! Verifying keys: the configured one, or those that Clerk publishes.

use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents,
};
use serde_json::Value;

use super::Model;
use super::calls::Reply;
use super::token::Jwt;
use super::verify::Problem;

/// An RSA public key.
#[derive(Clone)]
pub(super) struct Key {
    n: Vec<u8>,
    e: Vec<u8>,
    /// The algorithm it is for, where it says so.
    algorithm: Option<Value>,
    /// Whether it may verify signatures, as far as it says.
    verifies: bool,
}

/// What was found out about published keys.
#[derive(Default)]
pub(super) struct Known {
    set: Option<Vec<Value>>,
    refusals: Vec<(String, Problem)>,
}

impl Key {
    /// JWT-12, JWT-13, JWT-42.
    pub(super) fn verify(&self, jwt: &Jwt) -> Result<(), &'static str> {
        let algorithm = jwt.header_text("alg");
        let parameters = match algorithm {
            Some("RS384") => &RSA_PKCS1_2048_8192_SHA384,
            Some("RS512") => &RSA_PKCS1_2048_8192_SHA512,
            _ => &RSA_PKCS1_2048_8192_SHA256,
        };
        let is_other = self
            .algorithm
            .as_ref()
            .is_some_and(|own| own.as_str() != algorithm);
        if is_other || !self.verifies || !self.is_strong() {
            return Err("token-verification-failed");
        }
        let key = RsaPublicKeyComponents {
            n: &self.n,
            e: &self.e,
        };
        let verified = key.verify(parameters, jwt.signed.as_bytes(), &jwt.signature);
        verified.map_err(|_| "token-invalid-signature")
    }

    pub(super) fn is_strong(&self) -> bool {
        self.n.len() > 256 || self.n.len() == 256 && self.n[0] & 0x80 != 0
    }

    /// A published key.
    fn of_jwk(jwk: &Value) -> Option<Self> {
        let number = |name: &str| {
            let text = jwk[name].as_str()?.trim_end_matches('=');
            let bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).ok()?;
            let start = bytes.iter().position(|byte| *byte != 0)?;
            Some(bytes[start..].to_vec())
        };
        let may_verify = |operations: &Value| {
            operations
                .as_array()
                .is_some_and(|list| list.iter().any(|operation| operation == "verify"))
        };
        if jwk["kty"] != "RSA" {
            return None;
        }
        Some(Self {
            n: number("n")?,
            e: number("e")?,
            algorithm: jwk.get("alg").cloned(),
            verifies: jwk.get("use").is_none_or(|used| used == "sig")
                && jwk.get("key_ops").is_none_or(may_verify),
        })
    }

    /// JWT-42: SubjectPublicKeyInfo or PKCS #1, with or without armour, line breaks written out or not.
    pub(super) fn of_pem(text: &str) -> Option<Self> {
        let text = text.replace("\\n", "\n").replace("\\r", "\n");
        let body: String = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('-'))
            .collect();
        let body = match text.split("-----").nth(2) {
            Some(body) => body.split_whitespace().collect(),
            None => body,
        };
        let body: String = body
            .split_whitespace()
            .collect::<String>()
            .replace('-', "+")
            .replace('_', "/");
        let der = base64_simd::STANDARD_NO_PAD
            .decode_to_vec(body.trim_end_matches('='))
            .ok()?;
        // The sequence of a SubjectPublicKeyInfo holds the algorithm's, then the key as a string of bits.
        let (inner, _) = element(&der, 0x30)?;
        let key = match element(inner, 0x30) {
            Some((_, rest)) => element(element(rest, 0x03)?.0.get(1..)?, 0x30)?.0,
            None => inner,
        };
        let (n, rest) = element(key, 0x02)?;
        let (e, _) = element(rest, 0x02)?;
        let plain = |number: &[u8]| {
            number
                .iter()
                .skip_while(|byte| **byte == 0)
                .copied()
                .collect()
        };
        Some(Self {
            n: plain(n),
            e: plain(e),
            // JWT-41: a local key is for one algorithm.
            algorithm: Some("RS256".into()),
            verifies: true,
        })
    }

    /// What the reference makes a working key of (JWT-41).
    pub(super) fn is_read_by_the_reference(&self, text: &str) -> bool {
        let is_plain =
            !text.contains("\\n") && !text.contains("RSA PUBLIC KEY") && !text.contains(['_']);
        is_plain && self.n.len() == 256 && self.e == [1, 0, 1]
    }
}

/// The content of the DER element at the start, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..0x80 => (usize::from(first), rest),
        _ => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (
                bytes.iter().try_fold(0_usize, |sum, byte| {
                    sum.checked_mul(256)?.checked_add((*byte).into())
                })?,
                rest,
            )
        }
    };
    (found == tag)
        .then(|| rest.split_at_checked(length))
        .flatten()
}

impl Model<'_> {
    /// The key for a token whose header passed.
    pub(super) fn key(&self, jwt: &Jwt) -> Result<Key, Problem> {
        if let Some(text) = self.text_option("jwtKey") {
            let key = Key::of_pem(text).ok_or(Problem::Refused("token-verification-failed"))?;
            let is_read =
                key.is_read_by_the_reference(text) && jwt.header_text("alg") == Some("RS256");
            self.note_if(!is_read, "JWT-42");
            return Ok(key);
        }
        if self.secret_key().is_none() {
            return Err(Problem::Refused("jwk-failed-to-resolve"));
        }
        let kid = jwt
            .header_text("kid")
            .filter(|kid| (1..=256).contains(&kid.len()));
        let Some(kid) = kid else {
            self.note("JWKS-22");
            return Err(Problem::Refused("jwk-kid-mismatch"));
        };
        self.published_key(kid)
    }

    fn published_key(&self, kid: &str) -> Result<Key, Problem> {
        if let Some(key) = self.known(kid) {
            return key;
        }
        if let Some((_, problem)) = self
            .keys
            .borrow()
            .refusals
            .iter()
            .find(|(asked, _)| asked == kid)
        {
            return Err(*problem);
        }
        let loaded = self.load_keys();
        let problem = match loaded {
            Ok(set) => {
                self.keys.borrow_mut().set = Some(set);
                if let Some(key) = self.known(kid) {
                    return key;
                }
                // JWKS-26.
                self.note("JWKS-26");
                Problem::Refused("jwk-kid-mismatch")
            }
            Err(problem) => problem,
        };
        self.keys
            .borrow_mut()
            .refusals
            .push((kid.to_owned(), problem));
        Err(problem)
    }

    fn known(&self, kid: &str) -> Option<Result<Key, Problem>> {
        let known = self.keys.borrow();
        let jwk = known.set.as_ref()?.iter().rfind(|jwk| jwk["kid"] == *kid)?;
        let key = Key::of_jwk(jwk);
        let is_weak = key.as_ref().is_none_or(|key| !key.is_strong());
        self.note_if(is_weak, "JWT-42");
        self.note_if(jwk.get("alg").is_some_and(|alg| *alg != "RS256"), "JWT-40");
        Some(key.ok_or(Problem::Refused("token-verification-failed")))
    }

    /// JWKS-9 to JWKS-12: at most five attempts.
    fn load_keys(&self) -> Result<Vec<Value>, Problem> {
        let mut reply = Reply::Network;
        let mut answer = None;
        for _ in 0..5 {
            reply = self.call("/jwks");
            answer = reply.json();
            if answer.is_some() {
                break;
            }
        }
        let keys = answer.and_then(|body| body["keys"].as_array().cloned());
        if let Some(keys) =
            keys.filter(|keys| !keys.is_empty() && keys.iter().all(Value::is_object))
        {
            return Ok(keys);
        }
        let is_rejected = match &reply {
            Reply::Answer {
                status: 400..500,
                body,
            } => {
                let answer: Value = serde_json::from_slice(body).unwrap_or_default();
                let errors = answer["errors"].as_array().cloned().unwrap_or_default();
                errors
                    .iter()
                    .any(|error| error["code"] == "clerk_key_invalid")
            }
            _ => false,
        };
        self.note(if is_rejected { "JWKS-9" } else { "JWKS-10" });
        Err(match reply.status() {
            _ if is_rejected => Problem::Outage("secret-key-invalid"),
            Some(400..=428 | 430..=499) => Problem::Refused("jwk-remote-failed-to-load"),
            _ => Problem::Outage("jwk-remote-failed-to-load"),
        })
    }
}
