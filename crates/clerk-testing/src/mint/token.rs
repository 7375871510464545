//! What the builders share: header, claims, time, key.

use std::time::Duration;

use clerk_core::Clock;
use serde_json::{Map, Value, json};

use super::keys::TestKey;

/// Encodes as base64url without padding ([RFC 4648](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
pub(super) fn base64url(bytes: &[u8]) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// A token in the making.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    pub(super) overrides: Map<String, Value>,
    pub(super) key: TestKey,
    pub(super) clock: Clock,
    pub(super) lifetime: Duration,
}

impl Token {
    pub(super) fn new(category: Option<&str>) -> Self {
        let key = TestKey::FIRST;
        let mut header = object(json!({"alg": "RS256", "typ": "JWT", "kid": key.kid()}));
        if let Some(category) = category {
            header.insert("cat".to_owned(), category.into());
        }
        Self {
            header,
            claims: Map::new(),
            overrides: Map::new(),
            key,
            clock: Clock::default(),
            lifetime: Duration::from_secs(60),
        }
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.claims.insert(name.to_owned(), value.into());
    }

    pub(super) fn key(&mut self, key: TestKey) {
        self.key = key;
        self.header.insert("kid".to_owned(), key.kid().into());
    }

    /// Issue time, expiry and start, then the claims, then what the caller overrides.
    pub(super) fn mint(&self) -> String {
        let iat = self.clock.now_ms().div_euclid(1000);
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let mut payload = object(json!({
            "iat": iat,
            "exp": iat.saturating_add(lifetime),
            "nbf": iat.saturating_sub(10),
        }));
        for (name, value) in self.claims.iter().chain(&self.overrides) {
            payload.insert(name.clone(), value.clone());
        }
        self.key
            .sign(&Value::Object(self.header.clone()), &Value::Object(payload))
    }
}

/// The members of a JSON object; none for any other value.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The setters every builder has.
macro_rules! token_setters {
    () => {
        /// Signs with another published key and names it as `kid`.
        #[must_use]
        pub fn key(mut self, key: $crate::mint::TestKey) -> Self {
            self.token.key(key);
            self
        }

        /// Takes the issue time from this clock.
        #[must_use]
        pub fn clock(mut self, clock: &::clerk_core::Clock) -> Self {
            self.token.clock = clock.clone();
            self
        }

        /// Sets the issue time, in milliseconds since the Unix epoch (tokens carry whole seconds).
        #[must_use]
        pub fn issued_at_ms(mut self, now_ms: i64) -> Self {
            self.token.clock = ::clerk_core::Clock::fixed(now_ms);
            self
        }

        /// Sets the time between issue and expiry; sixty seconds unless set.
        #[must_use]
        pub fn lifetime(mut self, lifetime: ::std::time::Duration) -> Self {
            self.token.lifetime = lifetime;
            self
        }

        /// Sets a claim, whatever the builder would write there.
        #[must_use]
        pub fn claim(mut self, name: &str, value: impl Into<::serde_json::Value>) -> Self {
            self.token.overrides.insert(name.to_owned(), value.into());
            self
        }

        /// Sets a member of the header, such as `typ` or `cat`.
        #[must_use]
        pub fn header(mut self, name: &str, value: impl Into<::serde_json::Value>) -> Self {
            self.token.header.insert(name.to_owned(), value.into());
            self
        }

        /// Leaves a member of the header out.
        #[must_use]
        pub fn without_header(mut self, name: &str) -> Self {
            self.token.header.remove(name);
            self
        }
    };
}

pub(super) use token_setters;
