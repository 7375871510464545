//! Sending the browser to the Frontend API.

use std::borrow::Cow;

use clerk_core::constants::{self, cookies, query};
use clerk_core::url::{Scheme, Url, form};
use http::{HeaderMap, HeaderValue, header::SET_COOKIE};

use super::{Case, Decision};
use crate::context::RequestContext;
use crate::state::{Handshake, Reason, RequestState, push_debug, push_location};

/// How many handshakes in a row there may be.
const MAX_REDIRECTS: u64 = 3;

/// Sends the browser to the Frontend API; where it cannot be sent, nobody is signed in, for the same reason.
pub(super) fn start(
    case: Case<'_, '_>,
    reason: impl Into<Reason>,
    message: impl Into<Cow<'static, str>>,
) -> Decision {
    let (reason, message) = (reason.into(), message.into());
    match try_start(case, &reason, &message, frontend_api_url) {
        Some(decision) => decision,
        None => case.signed_out(reason, message),
    }
}

/// Sends the browser to another place than the Frontend API.
pub(super) fn start_at(
    case: Case<'_, '_>,
    reason: impl Into<Reason>,
    location: impl FnOnce(&RequestContext<'_>) -> Option<String>,
) -> Decision {
    let reason = reason.into();
    match try_start(case, &reason, "", |cx, _| location(cx)) {
        Some(decision) => decision,
        None => case.signed_out(reason, ""),
    }
}

/// HS-10 to HS-12: the handshake, unless the request cannot be redirected or has been too often.
pub(super) fn try_start(
    case: Case<'_, '_>,
    reason: &Reason,
    message: &str,
    location: impl FnOnce(&RequestContext<'_>, &Reason) -> Option<String>,
) -> Option<Decision> {
    let cx = case.cx;
    if !cx.may_redirect() {
        return None;
    }
    let count = cx.redirect_count();
    if count >= MAX_REDIRECTS {
        event!(
            warn,
            "the browser was redirected too often in a row; most likely the publishable and the secret key belong to different instances, or a satellite is not set up completely",
            reason = reason,
            is_satellite = cx.settings.is_satellite,
        );
        return None;
    }
    let mut headers = HeaderMap::with_capacity(6);
    if !push_location(&mut headers, &location(cx, reason)?) {
        return None;
    }
    let is_secure = cx.public_url()?.scheme() == Scheme::Https;
    headers.append(SET_COOKIE, counter(count + 1, is_secure)?);
    push_debug(&mut headers, "handshake", reason, message);
    Some(Decision::State(RequestState::Handshake(Handshake {
        reason: reason.clone(),
        message: Cow::Owned(message.to_owned()),
        headers,
        about: case.about(),
    })))
}

/// HS-11: with a path, so that one count holds for the whole site.
fn counter(count: u64, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{}={count}; Path=/; SameSite=Lax; HttpOnly; Max-Age=2{secure}",
        cookies::REDIRECT_COUNT
    ))
    .ok()
}

/// HS-20, HS-21.
pub(super) fn frontend_api_url(cx: &RequestContext<'_>, reason: &Reason) -> Option<String> {
    let instance = cx.instance()?;
    let page = cx.public_url()?;
    let mut redirect_url = page.clone();
    redirect_url.remove_query_params(&[query::DEV_BROWSER, query::LEGACY_DEV_BROWSER]);

    let mut parameters = String::with_capacity(redirect_url.as_str().len() * 2 + 1500);
    form::push_pair(&mut parameters, query::REDIRECT_URL, redirect_url.as_str());
    form::push_pair(
        &mut parameters,
        query::CLERK_API_VERSION,
        constants::SUPPORTED_API_VERSION,
    );
    let suffixed = if cx.uses_suffixed() { "true" } else { "false" };
    form::push_pair(&mut parameters, query::SUFFIXED_COOKIES, suffixed);
    form::push_pair(&mut parameters, query::HANDSHAKE_REASON, &reason.as_str());
    form::push_pair(&mut parameters, query::HANDSHAKE_FORMAT, "nonce");
    // HS-22: the cookie's token only, never one of the header.
    if cx.settings.session_in_handshake_url
        && let Some(token) = cx.session_cookie_text()
    {
        form::push_pair(&mut parameters, query::SESSION, token);
    }
    if !instance.is_production()
        && let Some(token) = cx.dev_browser()
    {
        form::push_pair(&mut parameters, query::DEV_BROWSER, &token);
    }
    // ORG-8.
    if let Some(sync) = &cx.settings.organization_sync
        && let Some(target) = sync.target(page.path())
    {
        form::push_pair(
            &mut parameters,
            query::ORGANIZATION_ID,
            target.as_parameter(),
        );
    }

    let proxy = instance
        .apis
        .proxy()
        .map(|proxy| proxy.at(page.origin_str()));
    let base = match &proxy {
        Some(proxy) => Cow::Borrowed(&**proxy),
        None => Cow::Owned(format!("https://{}", instance.apis.original())),
    };
    let base = base.trim_end_matches('/');
    let location = format!("{base}/v1/client/handshake?{parameters}");
    // A browser must read it as we do.
    Url::parse(&location).ok().map(String::from)
}
