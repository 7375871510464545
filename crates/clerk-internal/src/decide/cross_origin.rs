//! A page of the primary application is opened from a satellite: the session may have changed there.

use std::ops::ControlFlow;

use clerk_core::url::Url;

use super::{Case, Decision, handshake};
use crate::context::RequestContext;
use crate::request::HeaderName;
use crate::state::AuthErrorReason;

/// REQ-47.
pub(super) fn sync(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let cx = case.cx;
    if cx.settings.is_satellite || !cx.view().is_get() || !cx.is_document() {
        return ControlFlow::Continue(());
    }
    let Some(referrer) = cx.view().text(HeaderName::Referer) else {
        return ControlFlow::Continue(());
    };
    let (Ok(referrer), Some(page)) = (Url::parse(&referrer), cx.public_url()) else {
        return ControlFlow::Continue(());
    };
    if referrer.same_origin(page) || cx.redirect_count() > 0 || is_clerks(cx, &referrer) {
        return ControlFlow::Continue(());
    }
    ControlFlow::Break(handshake::start(
        case,
        AuthErrorReason::PrimaryDomainCrossOriginSync,
        "The page was opened from another origin, where the session may have changed.",
    ))
}

/// CTX-16: a page of Clerk's own has just dealt with the session.
fn is_clerks(cx: &RequestContext<'_>, referrer: &Url) -> bool {
    let Some(instance) = cx.instance() else {
        return false;
    };
    let origin = cx.public_url().map_or("", Url::origin_str);
    let frontend_api = match instance.apis.proxy() {
        Some(proxy) => Url::parse(&proxy.at(origin))
            .ok()
            .map(|proxy| proxy.host().to_owned()),
        None => Some(instance.apis.original().host().to_owned()),
    };
    if frontend_api.as_deref() == Some(referrer.host()) {
        return true;
    }
    let host = referrer.host();
    // HIST-58: portals of other instances count in development only.
    if !instance.is_production()
        && (clerk_core::hosts::is_legacy_dev_accounts_portal(host)
            || clerk_core::hosts::is_current_dev_accounts_portal(host))
    {
        return true;
    }
    // CTX-18: of the instance's own Frontend API, not of a proxy.
    instance
        .apis
        .original()
        .accounts_url()
        .same_origin(referrer)
}
