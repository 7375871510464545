//! What a JWT says.

mod actor;
mod m2m;
mod oauth;
mod org;
mod payload;
mod session;

pub use actor::Actor;
pub use m2m::M2mClaims;
pub use oauth::{OAuthActor, OAuthClaims};
pub use org::OrgClaims;
pub(crate) use payload::{Payload, SPARE};
pub use session::{SessionClaims, SessionStatus};

use crate::json;

/// The texts of an `aud` claim that is a text or a list.
fn audience_of(payload: &Payload) -> Vec<String> {
    let aud = payload.known.aud;
    if let Some(text) = aud.text(payload.document()) {
        return vec![text.to_owned()];
    }
    let mut texts = Vec::new();
    if let Some(list) = aud.other(payload.document()) {
        // A value that is no list leaves the texts empty.
        let _ = json::elements(list, |element| {
            texts.extend(json::text(element).map(std::borrow::Cow::into_owned));
        });
    }
    texts
}
