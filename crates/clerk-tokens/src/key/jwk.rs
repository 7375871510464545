//! JSON Web Keys (RFC 7517).

use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};
use zeroize::Zeroizing;

use super::{Kid, SETTING, malformed};
use crate::{Algorithm, base64url, json};

/// A JSON Web Key as it was written; making a [`VerifyingKey`](crate::VerifyingKey) or a
/// [`SigningKey`](crate::SigningKey) of it decides whether it can be used.
#[derive(Clone, Default)]
pub struct Jwk {
    is_rsa: bool,
    kid: Option<Kid>,
    alg: Member,
    key_use: Member,
    key_ops: Option<KeyOps>,
    numbers: [Option<Zeroizing<Vec<u8>>>; NUMBERS.len()],
}

/// The members that hold numbers, in the order of the indices below.
const NUMBERS: [&[u8]; 8] = [b"n", b"e", b"d", b"p", b"q", b"dp", b"dq", b"qi"];
const N: usize = 0;
const E: usize = 1;
const D: usize = 2;

#[derive(Clone, Default)]
enum Member {
    #[default]
    Absent,
    Text(String),
    Other,
}

#[derive(Clone, Copy)]
struct KeyOps {
    verify: bool,
    sign: bool,
    is_well_formed: bool,
}

impl Jwk {
    /// Reads a key from its JSON text. Members that are not known are ignored.
    ///
    /// # Errors
    ///
    /// If the text is not a JSON object.
    pub fn from_json(json: &str) -> Result<Self, ConfigError> {
        let mut jwk = Self::default();
        json::members(json, |name, value| match name {
            b"kty" => jwk.is_rsa = json::text(value).as_deref() == Some("RSA"),
            b"kid" => jwk.kid = json::text(value).and_then(|kid| Kid::new(&kid).ok()),
            b"alg" => jwk.alg = Member::read(value),
            b"use" => jwk.key_use = Member::read(value),
            b"key_ops" => jwk.key_ops = Some(KeyOps::read(value)),
            _ => {
                if let Some(index) = NUMBERS.iter().position(|number| *number == name) {
                    jwk.numbers[index] = json::text(value).and_then(|text| number(&text));
                }
            }
        })
        .ok_or_else(|| malformed("is not a JSON object"))?;
        Ok(jwk)
    }

    /// The key's id, where it is a usable one.
    #[must_use]
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// Whether the key holds private parts.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.numbers[D].is_some()
    }

    /// JWT-13, JWT-40: what makes a key unfit for verifying, and the algorithm it is bound to.
    pub(super) fn check(&self) -> Result<Option<Algorithm>, ConfigError> {
        let algorithm = self.check_kind()?;
        if self.is_private() {
            return Err(misplaced("is a private JWK where a public one goes"));
        }
        match self.key_ops {
            Some(ops) if !(ops.verify && ops.is_well_formed) => {
                Err(misplaced("is a JWK whose key_ops do not allow verifying"))
            }
            _ => Ok(algorithm),
        }
    }

    /// What makes a key unfit for signing, and the algorithm it is bound to.
    pub(super) fn check_for_signing(&self) -> Result<Option<Algorithm>, ConfigError> {
        let algorithm = self.check_kind()?;
        match self.key_ops {
            Some(ops) if !(ops.sign && ops.is_well_formed) => {
                Err(misplaced("is a JWK whose key_ops do not allow signing"))
            }
            _ => Ok(algorithm),
        }
    }

    fn check_kind(&self) -> Result<Option<Algorithm>, ConfigError> {
        if !self.is_rsa {
            return Err(misplaced("is a JWK of another kind than RSA"));
        }
        match &self.key_use {
            Member::Absent => {}
            Member::Text(key_use) if key_use == "sig" => {}
            _ => return Err(misplaced("is a JWK for another use than signatures")),
        }
        match &self.alg {
            Member::Absent => Ok(None),
            Member::Text(alg) => alg.parse().map(Some).map_err(|_| {
                misplaced("is a JWK for another algorithm than RS256, RS384 and RS512")
            }),
            Member::Other => Err(malformed("is a JWK whose alg is not a text")),
        }
    }

    pub(super) fn public_components(&self) -> Result<(&[u8], &[u8]), ConfigError> {
        match (&self.numbers[N], &self.numbers[E]) {
            (Some(n), Some(e)) => Ok((n, e)),
            _ => Err(malformed("is a JWK without a usable modulus and exponent")),
        }
    }

    /// All numbers of a private key, in the order n, e, d, p, q, dp, dq, qi.
    pub(super) fn private_components(&self) -> Result<[&[u8]; NUMBERS.len()], ConfigError> {
        let mut components = [&[][..]; NUMBERS.len()];
        for (component, number) in components.iter_mut().zip(&self.numbers) {
            *component = number
                .as_deref()
                .ok_or_else(|| malformed("is a JWK without all parts of a private key"))?;
        }
        Ok(components)
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("kid", &self.kid)
            .field("is_private", &self.is_private())
            .finish_non_exhaustive()
    }
}

impl Member {
    fn read(json: &str) -> Self {
        match json::text(json) {
            Some(text) => Self::Text(text.into_owned()),
            None => Self::Other,
        }
    }
}

impl KeyOps {
    /// RFC 7517 section 4.3: a list of texts, none of them twice.
    fn read(json: &str) -> Self {
        let mut ops = Self {
            verify: false,
            sign: false,
            is_well_formed: true,
        };
        let mut seen = Vec::new();
        let is_list = json::elements(json, |element| match json::text(element) {
            Some(op) => {
                ops.verify |= op == "verify";
                ops.sign |= op == "sign";
                ops.is_well_formed &= !seen.contains(&op);
                seen.push(op);
            }
            None => ops.is_well_formed = false,
        });
        ops.is_well_formed &= is_list.is_some();
        ops
    }
}

/// A big-endian number in base64url; other writers' padding and alphabet are forgiven.
fn number(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let url_safe = Zeroizing::new(text.replace('+', "-").replace('/', "_"));
    base64url::decode(&url_safe, 0).map(Zeroizing::new)
}

fn misplaced(problem: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Misplaced, SETTING, problem)
        .with_fix("use the public signing key of the Clerk instance")
}
