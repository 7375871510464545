//! Why a request is not signed in.

use std::borrow::Cow;
use std::fmt;

use clerk_errors::{MachineTokenVerificationCode, TokenVerificationReason};

/// Declares a fieldless enum with its wire names.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$vmeta:meta])* $variant:ident => $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The exact text Clerk uses for this value.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// What was found about a request, apart from a token that failed verification.
    pub enum AuthErrorReason {
        /// The client is signed in somewhere, but there is no session cookie.
        ClientUatButNoSessionToken => "client-uat-but-no-session-token",
        /// A development instance's browser has no development token yet.
        DevBrowserMissing => "dev-browser-missing",
        /// A development instance's browser brings its token in the URL.
        DevBrowserSync => "dev-browser-sync",
        /// The primary domain answers a satellite in development.
        PrimaryRespondsToSyncing => "primary-responds-to-syncing",
        /// A page of the primary domain was opened from another origin.
        PrimaryDomainCrossOriginSync => "primary-domain-cross-origin-sync",
        /// A satellite domain does not know the session yet.
        SatelliteNeedsSyncing => "satellite-needs-syncing",
        /// No session at all.
        SessionTokenAndUatMissing => "session-token-and-uat-missing",
        /// The handshake brought no session: nobody is signed in.
        SessionTokenMissing => "session-token-missing",
        /// The session token has expired.
        SessionTokenExpired => "session-token-expired",
        /// The session token is older than the client's last change.
        SessionTokenIatBeforeClientUat => "session-token-iat-before-client-uat",
        /// The session token is not valid yet.
        SessionTokenNbf => "session-token-nbf",
        /// The session token was issued after this machine's present.
        SessionTokenIatInTheFuture => "session-token-iat-in-the-future",
        /// There is a session cookie, but the client is signed out.
        SessionTokenButNoClientUat => "session-token-but-no-client-uat",
        /// The page belongs to another organization than the session's active one.
        ActiveOrganizationMismatch => "active-organization-mismatch",
        /// The token is not of an accepted type.
        TokenTypeMismatch => "token-type-mismatch",
        /// Something happened that has no reason of its own.
        UnexpectedError => "unexpected-error",
    }
}

named! {
    /// Why an expired session token was not refreshed.
    pub enum RefreshProblem {
        /// Only GET requests refresh.
        NonEligibleNonGet => "non-eligible-non-get",
        /// There is no refresh cookie.
        NonEligibleNoRefreshCookie => "non-eligible-no-refresh-cookie",
        /// The token did not come in a cookie; only those refresh.
        NonEligibleHeader => "non-eligible-header",
        /// There is no client for the Backend API.
        MissingApiClient => "missing-api-client",
        /// The expired token names no session.
        ExpiredSessionTokenMissingSidClaim => "expired-session-token-missing-sid-claim",
        /// Clerk could not be reached.
        FetchError => "fetch-error",
        /// Clerk answered with an error that has no code.
        UnexpectedBapiError => "unexpected-bapi-error",
        /// The answer held nothing to go on with.
        UnexpectedSdkError => "unexpected-sdk-error",
        /// The refreshed token does not verify.
        InvalidSessionToken => "invalid-session-token",
    }
}

/// Why a request is not signed in, in Clerk's exact words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// What was found about the request.
    Request(AuthErrorReason),
    /// The session token has expired, and this is why it was not refreshed.
    NotRefreshed(RefreshProblem),
    /// The session token has expired, and Clerk refused to refresh it with this error code.
    RefreshRefused(RefreshRefusal),
    /// The session token failed verification.
    Token(TokenVerificationReason),
    /// The machine token failed verification.
    Machine(MachineTokenVerificationCode),
    /// A machine token was asked for, and the header has none.
    NoTokenInHeader,
}

/// An error code of the Backend API, checked to be a plain word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRefusal {
    code: Box<str>,
}

/// The longest error code that is passed on, in bytes.
const MAX_CODE_LENGTH: usize = 64;

impl RefreshRefusal {
    /// Takes a code that may go into a header and a URL; `None` for any other text.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let usable = !code.is_empty() && code.len() <= MAX_CODE_LENGTH && code.bytes().all(plain);
        usable.then(|| Self { code: code.into() })
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// What precedes the cause when an expired token was not refreshed.
const REFRESH_STEM: &str = "session-token-expired-refresh-";

impl Reason {
    /// The text of headers and handshake URLs.
    #[must_use]
    pub fn as_str(&self) -> Cow<'static, str> {
        match self {
            Self::Request(reason) => Cow::Borrowed(reason.as_str()),
            Self::NotRefreshed(problem) => {
                Cow::Owned(format!("{REFRESH_STEM}{}", problem.as_str()))
            }
            Self::RefreshRefused(refusal) => Cow::Owned(format!("{REFRESH_STEM}{}", refusal.code)),
            Self::Token(reason) => Cow::Borrowed(reason.as_str()),
            Self::Machine(code) => Cow::Borrowed(code.as_str()),
            // Not one of Clerk's enum values, but the text it prints.
            Self::NoTokenInHeader => Cow::Borrowed("No token in header"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str())
    }
}

impl From<AuthErrorReason> for Reason {
    fn from(reason: AuthErrorReason) -> Self {
        Self::Request(reason)
    }
}

impl From<TokenVerificationReason> for Reason {
    fn from(reason: TokenVerificationReason) -> Self {
        Self::Token(reason)
    }
}

impl From<MachineTokenVerificationCode> for Reason {
    fn from(code: MachineTokenVerificationCode) -> Self {
        Self::Machine(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: STA-10, REF-10, REF-11, REF-14, REF-16, REF-17, REF-18, ERR-3
    #[test]
    fn reasons_print_clerks_words() {
        let cases: [(Reason, &str); 9] = [
            (
                AuthErrorReason::DevBrowserMissing.into(),
                "dev-browser-missing",
            ),
            (
                Reason::NotRefreshed(RefreshProblem::NonEligibleNoRefreshCookie),
                "session-token-expired-refresh-non-eligible-no-refresh-cookie",
            ),
            (
                Reason::NotRefreshed(RefreshProblem::FetchError),
                "session-token-expired-refresh-fetch-error",
            ),
            (
                Reason::RefreshRefused(RefreshRefusal::new("resource_not_found").unwrap()),
                "session-token-expired-refresh-resource_not_found",
            ),
            (
                TokenVerificationReason::TokenInvalid.into(),
                "token-invalid",
            ),
            (
                TokenVerificationReason::JwkKidMismatch.into(),
                "jwk-kid-mismatch",
            ),
            (
                MachineTokenVerificationCode::UnexpectedError.into(),
                "unexpected-error",
            ),
            (Reason::NoTokenInHeader, "No token in header"),
            (AuthErrorReason::SessionTokenNbf.into(), "session-token-nbf"),
        ];
        for (reason, text) in cases {
            assert_eq!(reason.to_string(), text);
        }
        assert_eq!(AuthErrorReason::ALL.len(), 16);
    }

    /// A new kind of reason does not compile here: it needs its rows in `tests/requirements/reasons.rs` too.
    fn kind(reason: &Reason) -> &'static str {
        match reason {
            Reason::Request(_) => "request",
            Reason::NotRefreshed(_) => "not refreshed",
            Reason::RefreshRefused(_) => "refresh refused",
            Reason::Token(_) => "token",
            Reason::Machine(_) => "machine",
            Reason::NoTokenInHeader => "no token in header",
        }
    }

    // covers: STA-10
    #[test]
    fn kinds_of_reasons_do_not_mix() {
        assert_ne!(
            kind(&TokenVerificationReason::TokenInvalid.into()),
            kind(&MachineTokenVerificationCode::TokenInvalid.into())
        );
    }

    // covers: REF-15
    #[test]
    fn only_plain_words_are_passed_on_as_codes() {
        for code in ["", "a b", "a\r\nb", "caf\u{e9}", "a;b", &"x".repeat(65)] {
            assert!(RefreshRefusal::new(code).is_none(), "{code:?}");
        }
        assert_eq!(
            RefreshRefusal::new("too_many_requests").unwrap().code(),
            "too_many_requests"
        );
    }
}
