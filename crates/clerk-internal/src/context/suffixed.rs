//! Whether the cookies with the instance's suffix count, or those without.
//!
//! Several Clerk applications can live on one domain; cookies with a suffix belong to one of them, those
//! without are shared and older. All of this looks at unverified tokens.

use clerk_tokens::DecodedJwt;

use super::RequestContext;
use crate::request::decode_cookie;

/// An unverified session cookie.
type Token<'t, 'c> = Option<&'t DecodedJwt<'c>>;

impl RequestContext<'_> {
    pub(super) fn decide_suffixed(&self) -> bool {
        let cookies = self.cookies();
        let plain = self.plain_session();
        if cookies.session.is_some() {
            match issuer(plain.and_then(|token| token.decoded())) {
                // COK-1: a token without issuer leads to signed out, not to a handshake.
                Issuer::Missing => return false,
                // COK-2: another instance's token.
                Issuer::Other => return true,
                Issuer::Text(issuer) if !self.is_own_issuer(issuer) => return true,
                Issuer::Text(_) => {}
            }
        }
        let (uat, suffixed_uat) = (cookies.client_uat, cookies.client_uat_suffixed);
        // COK-3.
        if suffixed_uat.is_none() && cookies.session_suffixed.is_none() {
            return false;
        }
        let plain = plain.and_then(|token| token.decoded());
        let suffixed = self.suffixed_session().and_then(|token| token.decoded());
        let signed_out = |uat: Option<&[u8]>| uat.is_some_and(|uat| decode_cookie(uat) == "0");
        // COK-4: both signed in, the one without suffix is newer.
        if !signed_out(suffixed_uat) && !signed_out(uat) && issued_at(plain) > issued_at(suffixed) {
            return false;
        }
        // COK-5.
        if signed_out(suffixed_uat) && !signed_out(uat) {
            return false;
        }
        // COK-6.
        if !self.is_production()
            && !signed_out(suffixed_uat)
            && signed_out(uat)
            && self.has_expired(suffixed)
        {
            return false;
        }
        // COK-7, COK-8.
        suffixed_uat.is_some() || cookies.session_suffixed.is_none()
    }

    /// COK-10: letter by letter, whatever scheme.
    fn is_own_issuer(&self, issuer: &str) -> bool {
        self.instance().is_some_and(|instance| {
            let own = instance.apis.original().as_str();
            issuer
                .strip_prefix("https://")
                .is_some_and(|host| host == own)
                || without_schemes(issuer) == own
        })
    }

    fn has_expired(&self, token: Token<'_, '_>) -> bool {
        token
            .and_then(|token| token.unverified_claims().expires_at_ms())
            .is_some_and(|expires_at_ms| expires_at_ms <= self.now_ms.div_euclid(1000) * 1000)
    }
}

/// A text without any `http://` and `https://`, in whatever letter case and wherever they stand.
fn without_schemes(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let scheme = ["http://", "https://"].into_iter().find(|scheme| {
            rest.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        let taken = match scheme {
            Some(scheme) => scheme.len(),
            None => {
                left.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    left
}

enum Issuer<'t> {
    /// None, or a value that counts as none in JavaScript.
    Missing,
    Text(&'t str),
    Other,
}

/// COK-9: anyone can have written the token, so the claim can be of any type.
fn issuer<'t>(token: Token<'t, '_>) -> Issuer<'t> {
    let Some(claims) = token.map(DecodedJwt::unverified_claims) else {
        return Issuer::Missing;
    };
    if let Some(text) = claims.issuer() {
        return match text {
            "" => Issuer::Missing,
            text => Issuer::Text(text),
        };
    }
    match claims.claim_json("iss") {
        None | Some("null" | "false") => Issuer::Missing,
        Some(number) if number.parse() == Ok(0.0_f64) => Issuer::Missing,
        Some(_) => Issuer::Other,
    }
}

fn issued_at(token: Token<'_, '_>) -> i64 {
    token
        .and_then(|token| token.unverified_claims().issued_at_ms())
        .unwrap_or(0)
}
