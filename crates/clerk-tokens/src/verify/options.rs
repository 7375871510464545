//! What a verifier demands of a token.

use std::time::Duration;

use clerk_core::{Clock, FrontendApi};

use crate::{CategoryPolicy, DEFAULT_MAX_TOKEN_LENGTH};

/// How far clocks may disagree unless another bound is set.
pub const DEFAULT_CLOCK_SKEW: Duration = Duration::from_secs(5);

/// What a verifier demands of a token beyond a good signature.
///
/// ```
/// use clerk_tokens::VerifyOptions;
///
/// let options = VerifyOptions::new()
///     .authorized_parties(["https://app.example.com"])
///     .clock_skew(std::time::Duration::from_secs(10));
/// ```
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    pub(crate) authorized_parties: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) audience_mode: AudienceMode,
    pub(crate) issuer: Vec<String>,
    pub(crate) header_types: Option<Vec<String>>,
    pub(crate) categories: CategoryPolicy,
    /// Finer than milliseconds, and may be negative.
    pub(crate) clock_skew_ns: i128,
    pub(crate) clock: Clock,
    pub(crate) max_token_length: usize,
    pub(crate) allow_test_keys: bool,
}

/// What a configured audience asks of tokens without `aud`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AudienceMode {
    /// A token without an audience passes, since Clerk's session tokens normally have none.
    #[default]
    Loose,
    /// Every token must have an audience, and every member of it must be a non-empty text.
    Strict,
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl VerifyOptions {
    /// The defaults, on the system's clock: nothing beyond signature, time and form is demanded.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Clock::system())
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Default for VerifyOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl VerifyOptions {
    /// The defaults, on another clock than the system's, which some targets do not have.
    #[must_use]
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            authorized_parties: Vec::new(),
            audience: Vec::new(),
            audience_mode: AudienceMode::Loose,
            issuer: Vec::new(),
            header_types: None,
            categories: CategoryPolicy::default(),
            clock_skew_ns: DEFAULT_CLOCK_SKEW.as_nanos() as i128,
            clock,
            max_token_length: DEFAULT_MAX_TOKEN_LENGTH,
            allow_test_keys: false,
        }
    }

    /// The origins that may use tokens (`azp`), such as `https://app.example.com`, compared letter by letter.
    ///
    /// Set them wherever tokens come in cookies: without them, a token made for another application on the same
    /// Clerk instance is accepted here, which is what cross-site request forgery needs. An empty list checks nothing.
    #[doc(alias = "authorizedParties")]
    #[must_use]
    pub fn authorized_parties<S: Into<String>>(
        mut self,
        parties: impl IntoIterator<Item = S>,
    ) -> Self {
        // JWT-16: an empty text in the list keeps the list from being empty and equals no party.
        self.authorized_parties = parties.into_iter().map(Into::into).collect();
        self
    }

    /// The audiences, one of which a token's `aud` must name; see [`AudienceMode`] for tokens without one.
    #[must_use]
    pub fn audience<S: Into<String>>(mut self, audience: impl IntoIterator<Item = S>) -> Self {
        self.audience = non_empty(audience);
        self
    }

    /// What a configured audience asks of tokens without `aud`.
    #[must_use]
    pub fn audience_mode(mut self, mode: AudienceMode) -> Self {
        self.audience_mode = mode;
        self
    }

    /// The issuers, one of which a token's `iss` must equal.
    #[must_use]
    pub fn issuer<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.issuer = non_empty(issuers);
        self
    }

    /// The issuer of an instance's tokens, derived from its publishable key: its Frontend API's origin.
    ///
    /// Behind a proxy, or while a domain moves, tokens may name another issuer; list those with
    /// [`issuer`](Self::issuer).
    #[must_use]
    pub fn issued_by(self, frontend_api: &FrontendApi) -> Self {
        self.issuer([frontend_api.origin().as_str()])
    }

    /// The header types (`typ`) that are accepted. By default `JWT`, or none at all; with a list, the header must
    /// name one of it, so that an empty list accepts nothing.
    #[doc(alias = "headerType")]
    #[must_use]
    pub fn header_types<S: Into<String>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.header_types = Some(types.into_iter().map(Into::into).collect());
        self
    }

    /// The categories (`cat`) that are accepted.
    #[must_use]
    pub fn categories(mut self, categories: CategoryPolicy) -> Self {
        self.categories = categories;
        self
    }

    /// How far clocks may disagree: a token counts as valid this much after its expiry and before its start.
    #[doc(alias = "clockSkewInMs")]
    #[must_use]
    pub fn clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew_ns = i128::try_from(skew.as_nanos()).unwrap_or(i128::MAX / 4);
        self
    }

    /// [`clock_skew`](Self::clock_skew) in milliseconds, which may be negative: then tokens expire early.
    #[must_use]
    pub fn clock_skew_ms(mut self, skew_ms: i64) -> Self {
        self.clock_skew_ns = i128::from(skew_ms) * 1_000_000;
        self
    }

    /// The clock to judge times by.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// The longest token that is looked at, in bytes.
    #[must_use]
    pub fn max_token_length(mut self, bytes: usize) -> Self {
        self.max_token_length = bytes;
        self
    }

    /// Accepts keys whose private half is published with this project. For tests only: anyone can sign with them.
    #[must_use]
    pub fn allow_test_keys(mut self) -> Self {
        self.allow_test_keys = true;
        self
    }
}

impl VerifyOptions {
    /// The current time by these options' clock.
    #[cfg(feature = "token-cache")]
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}

/// JWT-15, JWT-17: empty texts count as not given.
fn non_empty<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Vec<String> {
    texts
        .into_iter()
        .map(Into::into)
        .filter(|text: &String| !text.is_empty())
        .collect()
}
