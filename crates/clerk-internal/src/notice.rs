//! What is told once, not with every request.

use std::sync::atomic::{AtomicBool, Ordering};

use clerk_tokens::SessionClaims;

use crate::context::RequestContext;
use crate::request::ForwardedHeaders;
use crate::settings::Settings;

/// Which notices an engine has given.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    no_authorized_party: Once,
    no_authorized_parties: Once,
    trusted_headers: Once,
    other_issuer: Once,
}

/// Something that happens once; looking whether it has is cheap.
#[derive(Debug, Default)]
struct Once(AtomicBool);

impl Once {
    fn is_due(&self) -> bool {
        !self.0.load(Ordering::Relaxed) && !self.0.swap(true, Ordering::Relaxed)
    }
}

impl Notices {
    /// Tells that tokens name no party they were made for.
    pub(crate) fn no_authorized_party(&self) {
        if self.no_authorized_party.is_due() {
            event!(
                warn,
                "session tokens without the claim azp are accepted: set authorized parties to tell applications on sibling domains apart"
            );
        }
    }

    /// Tells that session tokens of a live instance are accepted whatever application they were made for.
    pub(crate) fn session_token(&self, settings: &Settings) {
        if !settings.has_authorized_parties
            && settings.is_production()
            && self.no_authorized_parties.is_due()
        {
            event!(
                warn,
                "a live key is used without authorized parties, so that session tokens made for any other application of the instance are accepted here: set CLERK_AUTHORIZED_PARTIES, or authorized_parties where the client is built, to the origins of this application"
            );
        }
    }

    /// Tells that whoever sends a request to a live instance's application can say where the application is.
    pub(crate) fn browser(&self, settings: &Settings) {
        if settings.public_origin.is_none()
            && settings.forwarded_headers == ForwardedHeaders::Trust
            && settings.is_production()
            && self.trusted_headers.is_due()
        {
            event!(
                warn,
                "a live key is used while the application's origin is taken from the X-Forwarded headers of each request: set public_origin where the client is built, or say with ForwardedHeaders which hosts are believed"
            );
        }
    }

    /// Tells that a token's issuer is another than the publishable key's, where that is not an error.
    pub(crate) fn issuer(&self, cx: &RequestContext<'_>, claims: &SessionClaims) {
        let Some(instance) = cx.instance() else {
            return;
        };
        let issuer = claims.issuer().unwrap_or_default();
        if cx.settings.has_issuers || issuer == instance.apis.original().origin().as_str() {
            return;
        }
        let is_proxy = instance.apis.proxy().is_some_and(|proxy| {
            let origin = cx.public_url().map_or("", clerk_core::url::Url::origin_str);
            proxy.at(origin).trim_end_matches('/') == issuer
        });
        if !is_proxy && self.other_issuer.is_due() {
            event!(
                warn,
                "a session token is accepted whose issuer is not the Frontend API of the publishable key; enforce it with issuer(Issuer::FromPublishableKey), or list the issuers there are",
                expected = instance.apis.original().origin().as_str(),
            );
        }
    }
}
