//! The four published key pairs.

use std::sync::OnceLock;

use clerk_core::crypto::{Hash, Provider, RsaSigningKey};
use serde_json::{Value, json};

use super::token::base64url;

/// One of four published RSA key pairs of 2048 bits. Four, so that tests can rotate keys.
///
/// ```
/// use clerk_testing::mint::TestKey;
///
/// let token = TestKey::FIRST.sign(
///     &serde_json::json!({"alg": "RS256", "typ": "JWT", "kid": TestKey::FIRST.kid()}),
///     &serde_json::json!({"sub": "user_test"}),
/// );
/// assert_eq!(token.split('.').count(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TestKey {
    index: usize,
}

struct Pair {
    kid: &'static str,
    private_pem: &'static str,
    public_pem: &'static str,
}

const PAIRS: [Pair; 4] = [
    Pair {
        kid: "ins_published_test_key_1",
        private_pem: include_str!("../../keys/test-key-1.pem"),
        public_pem: include_str!("../../keys/test-key-1.public.pem"),
    },
    Pair {
        kid: "ins_published_test_key_2",
        private_pem: include_str!("../../keys/test-key-2.pem"),
        public_pem: include_str!("../../keys/test-key-2.public.pem"),
    },
    Pair {
        kid: "ins_published_test_key_3",
        private_pem: include_str!("../../keys/test-key-3.pem"),
        public_pem: include_str!("../../keys/test-key-3.public.pem"),
    },
    Pair {
        kid: "ins_published_test_key_4",
        private_pem: include_str!("../../keys/test-key-4.pem"),
        public_pem: include_str!("../../keys/test-key-4.public.pem"),
    },
];

impl TestKey {
    /// The pair that builders sign with unless told otherwise.
    pub const FIRST: Self = Self { index: 0 };
    /// Another pair: of another instance, or the next one in a rotation.
    pub const SECOND: Self = Self { index: 1 };
    /// All four pairs.
    pub const ALL: [Self; 4] = [
        Self { index: 0 },
        Self { index: 1 },
        Self { index: 2 },
        Self { index: 3 },
    ];

    /// The key id that headers and key sets name it by.
    #[must_use]
    pub fn kid(self) -> &'static str {
        self.pair().kid
    }

    /// The public key as PEM, the form of `CLERK_JWT_KEY`.
    #[must_use]
    pub fn public_pem(self) -> &'static str {
        self.pair().public_pem
    }

    /// The private key as PKCS#8 PEM.
    #[must_use]
    pub fn private_pem(self) -> &'static str {
        self.pair().private_pem
    }

    /// The public key as a JSON Web Key ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)), as Clerk publishes it.
    #[must_use]
    pub fn jwk(self) -> Value {
        let key = self.signing_key();
        json!({
            "use": "sig",
            "kty": "RSA",
            "kid": self.kid(),
            "alg": "RS256",
            "n": base64url(key.public_key().modulus()),
            "e": base64url(key.public_key().exponent()),
        })
    }

    /// A JWK set of the given keys: the document that `/v1/jwks` answers.
    #[must_use]
    pub fn jwk_set(keys: &[Self]) -> Value {
        json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() })
    }

    /// Signs exactly the header and payload it is given (RS256, RS384 or RS512 as the header says, else RS256).
    ///
    /// Nothing is added and nothing is checked, so that tests can make malformed tokens too.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the expectation holds for every key of this crate"
    )]
    #[must_use]
    pub fn sign(self, header: &Value, payload: &Value) -> String {
        let hash = match header.get("alg").and_then(Value::as_str) {
            Some("RS384") => Hash::Sha384,
            Some("RS512") => Hash::Sha512,
            _ => Hash::Sha256,
        };
        let mut token = base64url(header.to_string().as_bytes());
        token.push('.');
        token.push_str(&base64url(payload.to_string().as_bytes()));
        #[expect(
            clippy::expect_used,
            reason = "the keys are part of this crate and its tests sign with each"
        )]
        let signature = self
            .signing_key()
            .sign(hash, token.as_bytes())
            .expect("a published key signs");
        token.push('.');
        token.push_str(&base64url(&signature));
        token
    }

    /// Whether this key made an RS256 signature.
    #[cfg(feature = "server")]
    pub(crate) fn verifies(self, input: &str, signature: &[u8]) -> bool {
        self.signing_key()
            .public_key()
            .verify(Hash::Sha256, input.as_bytes(), signature)
    }

    fn pair(self) -> &'static Pair {
        // The only indices are those of the constants above.
        PAIRS.get(self.index).unwrap_or(&PAIRS[0])
    }

    /// Read once: a test run signs thousands of tokens.
    fn signing_key(self) -> &'static RsaSigningKey {
        static READ: [OnceLock<RsaSigningKey>; 4] = [const { OnceLock::new() }; 4];
        READ[self.index].get_or_init(|| self.read())
    }

    fn read(self) -> RsaSigningKey {
        let base64: String = self
            .private_pem()
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        #[expect(
            clippy::expect_used,
            reason = "the keys are part of this crate and its tests read each"
        )]
        let der = base64_simd::STANDARD
            .decode_to_vec(base64)
            .expect("a published key is base64");
        #[expect(
            clippy::expect_used,
            reason = "the keys are part of this crate and its tests read each"
        )]
        let key = RsaSigningKey::from_pkcs8_der(Provider::default(), &der)
            .expect("a published key is PKCS#8");
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_signs_and_is_recognised_as_published() {
        for key in TestKey::ALL {
            assert_eq!(
                key.sign(&json!({"alg": "RS512"}), &json!({}))
                    .split('.')
                    .count(),
                3
            );
            assert!(clerk_core::is_published_test_key(
                key.signing_key().public_key().modulus()
            ));
            assert_eq!(key.jwk()["e"], "AQAB");
            assert!(key.public_pem().starts_with("-----BEGIN PUBLIC KEY-----"));
        }
    }

    #[test]
    fn the_keys_differ() {
        let set = TestKey::jwk_set(&TestKey::ALL);
        let mut moduli: Vec<_> = set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["n"].to_string())
            .collect();
        moduli.sort();
        moduli.dedup();
        assert_eq!(moduli.len(), 4);
    }
}
