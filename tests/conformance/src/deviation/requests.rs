//! What this workspace means about whole requests.

use serde_json::{Value, json};

use super::credentials::redirects;
use crate::vector::Vector;

/// HS-11: the reference's outcome, with a redirect counter that holds for the whole site and goes over TLS only.
pub(super) fn counted_for_the_whole_site(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    count_for_the_whole_site(vector, &mut outcome["ok"]);
    Some(outcome)
}

pub(super) fn count_for_the_whole_site(vector: &Vector, state: &mut Value) {
    const OLD: &str = "; SameSite=Lax; HttpOnly; Max-Age=2";
    let secure = if is_public_https(vector, state) {
        "; Secure"
    } else {
        ""
    };
    let headers = state.get_mut("headers").and_then(Value::as_array_mut);
    for header in headers.into_iter().flatten() {
        let value = header[1].as_str().unwrap_or_default();
        if let Some(count) = value.strip_suffix(OLD)
            && count.starts_with("__clerk_redirect_count=")
        {
            header[1] = json!(format!("{count}; Path=/{OLD}{secure}"));
        }
    }
}

/// Whether the browser asked by TLS, as the redirect says or else the request.
pub(super) fn is_public_https(vector: &Vector, state: &Value) -> bool {
    let query = state.pointer("/location/query").and_then(Value::as_array);
    let page = query.into_iter().flatten().find_map(|pair| {
        let is_page = pair[0] == "redirect_url" || pair[0] == "__clerk_redirect_url";
        is_page.then(|| pair[1].as_str().unwrap_or_default().to_owned())
    });
    match page {
        Some(page) => page.starts_with("https:"),
        None => match header(vector, "x-forwarded-proto") {
            Some(proto) => proto
                .split(',')
                .next()
                .is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            None => request_url(vector).starts_with("https:"),
        },
    }
}

pub(super) fn request_url(vector: &Vector) -> &str {
    vector
        .text("/request/normalized_url")
        .or_else(|| vector.text("/request/url"))
        .unwrap_or_default()
}

/// A request header as the reference sees it.
pub(super) fn header<'v>(vector: &'v Vector, name: &str) -> Option<&'v str> {
    let headers = vector
        .input_at("/request/normalized_headers")
        .or_else(|| vector.input_at("/request/headers"));
    let mut headers = headers.and_then(Value::as_array).into_iter().flatten();
    headers
        .find(|header| {
            header[0]
                .as_str()
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        })
        .and_then(|header| header[1].as_str())
}

/// The last word of the `Authorization` header.
pub(super) fn header_token(vector: &Vector) -> Option<&str> {
    let value = header(vector, "authorization")?;
    value.split([' ', '\t']).rfind(|word| !word.is_empty())
}

/// HS-22: the redirect carries the header's token.
pub(super) fn redirects_with_header_token(vector: &Vector) -> bool {
    let outcome = vector.expected.to_value();
    let query = outcome
        .pointer("/ok/location/query")
        .and_then(Value::as_array);
    let carried = |pair: &Value| pair[0] == "__session" && pair[1].as_str() == header_token(vector);
    query.into_iter().flatten().any(carried)
}

/// The redirect without the header's token.
pub(super) fn without_header_token(vector: &Vector) -> Option<Value> {
    let mut outcome = counted_for_the_whole_site(vector)?;
    let query = outcome.pointer_mut("/ok/location/query")?.as_array_mut()?;
    query.retain(|pair| pair[0] != "__session" || pair[1].as_str() != header_token(vector));
    Some(outcome)
}

/// The redirect counter of the request.
pub(super) fn counter(vector: &Vector) -> Option<String> {
    super::states::cookie(vector, "__clerk_redirect_count").filter(|count| !count.is_empty())
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// HS-12: the counter is beyond its limit, at which the reference looks only.
pub(super) fn counter_is_beyond_the_limit(vector: &Vector) -> bool {
    let reference = vector.expected.to_value();
    reference["ok"]["status"] == "handshake"
        && counter(vector).is_some_and(|count| {
            is_number(&count) && count.parse::<f64>().is_ok_and(|count| count > 3.0)
        })
}

/// The counter is something else than a plain number.
pub(super) fn counter_is_no_number(vector: &Vector) -> bool {
    header(vector, "authorization").is_none()
        && redirects(vector)
        && counter(vector).is_some_and(|count| !is_number(&count) && count != "%33")
}

/// The reference's redirect, counted from the start.
pub(super) fn counted_from_the_start(vector: &Vector) -> Option<Value> {
    let mut outcome = counted_for_the_whole_site(vector)?;
    for header in outcome["ok"]["headers"].as_array_mut()? {
        let value = header[1].as_str().unwrap_or_default();
        if let Some((_, rest)) = value
            .strip_prefix("__clerk_redirect_count=")
            .and_then(|rest| rest.split_once(';'))
        {
            header[1] = json!(format!("__clerk_redirect_count=1;{rest}"));
        }
    }
    Some(outcome)
}

/// REQ-51: the client's state is something else than a plain number.
pub(super) fn uat_is_no_number(vector: &Vector) -> bool {
    let cookies = header(vector, "cookie").unwrap_or_default();
    cookies.split(';').any(|pair| {
        pair.trim().split_once('=').is_some_and(|(name, value)| {
            name == "__client_uat" && !value.is_empty() && value != "%31" && !is_number(value)
        })
    })
}

/// CTX-6: a forwarded origin that is no plain origin.
pub(super) fn forwarded_origin_is_malformed(vector: &Vector) -> bool {
    let odd = |value: &str| {
        let value = value.split(',').next().unwrap_or_default();
        value.contains(['/', '?', '#', '@', '\\', '%']) || !value.is_ascii()
    };
    let scheme = header(vector, "x-forwarded-proto").and_then(|proto| proto.split(',').next());
    ["x-forwarded-host", "host"]
        .iter()
        .any(|name| header(vector, name).is_some_and(odd))
        || scheme.is_some_and(|scheme| {
            !matches!(
                scheme.trim().to_ascii_lowercase().as_str(),
                "" | "http" | "https"
            )
        })
}

/// RED: the set-cookie headers that are Clerk's to set, and can be headers.
pub(super) fn only_clerks_cookies(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    outcome["ok"]["headers"].as_array_mut()?.retain(|header| {
        let directive = header[1].as_str().unwrap_or_default();
        let name = directive.split('=').next().unwrap_or_default();
        let is_clerks = ["__session", "__client", "__clerk", "__refresh", "clerk_"]
            .iter()
            .any(|own| name.starts_with(own));
        header[0] != "set-cookie" || (is_clerks && directive.contains('='))
    });
    Some(outcome)
}

/// The origin under which the browser asked.
pub(super) fn public_origin(vector: &Vector) -> String {
    let reference = vector.expected.to_value();
    let own = request_url(vector);
    let (scheme, rest) = own.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if reference["ok"]["proxy_url"]
        .as_str()
        .is_some_and(|url| url.starts_with("http"))
    {
        let proxy = reference["ok"]["proxy_url"].as_str().unwrap_or_default();
        let (scheme, rest) = proxy.split_once("://").unwrap_or_default();
        return format!("{scheme}://{}", rest.split('/').next().unwrap_or_default());
    }
    let first = |name: &str| header(vector, name)?.split(',').next().map(str::trim);
    let is_empty = |name: &str| header(vector, name).is_some_and(str::is_empty);
    if forwarded_origin_is_malformed(vector)
        || is_empty("x-forwarded-host")
        || is_empty("x-forwarded-proto")
    {
        return format!("{scheme}://{host}");
    }
    let host = first("x-forwarded-host")
        .or_else(|| first("host"))
        .unwrap_or(host);
    let scheme = first("x-forwarded-proto").unwrap_or(scheme);
    format!("{scheme}://{host}")
}

/// The session token that counts: the header's, else the cookie's.
pub(super) fn presented_token(vector: &Vector) -> Option<String> {
    if header(vector, "authorization")
        .is_some_and(|value| value.to_ascii_lowercase().starts_with("bearer "))
    {
        return header_token(vector).map(str::to_owned);
    }
    counting_cookie(vector, "__session")
}

/// The cookie of that name that counts: with the suffix of the instance, or without.
pub(super) fn counting_cookie(vector: &Vector, name: &str) -> Option<String> {
    let suffixed = suffixed_name(vector, name)?;
    let name = if uses_suffixed(vector) {
        &suffixed
    } else {
        name
    };
    super::states::cookie(vector, name).filter(|value| !value.is_empty())
}

pub(super) fn suffixed_name(vector: &Vector, name: &str) -> Option<String> {
    let key = super::states::option(vector, "publishableKey")?.as_str()?;
    Some(format!(
        "{name}_{}",
        clerk_core::CookieSuffix::for_key_text(key)
    ))
}

/// COK-1 to COK-8.
pub(super) fn uses_suffixed(vector: &Vector) -> bool {
    let plain = |name: &str| super::states::cookie(vector, name).filter(|value| !value.is_empty());
    let suffixed = |name: &str| plain(&suffixed_name(vector, name)?);
    let payload = |token: Option<String>| {
        crate::token::describe(&token.unwrap_or_default())["payload"].clone()
    };
    let (session, suffixed_session) = (plain("__session"), suffixed("__session"));
    let (uat, suffixed_uat) = (plain("__client_uat"), suffixed("__client_uat"));
    let (ours, theirs) = (payload(session.clone()), payload(suffixed_session.clone()));
    if session.is_some() {
        let is_falsy = ours["iss"].is_null()
            || ours["iss"] == json!("")
            || ours["iss"] == json!(false)
            || ours["iss"] == json!(0);
        if is_falsy {
            return false;
        }
        let host = ours["iss"]
            .as_str()
            .map(|iss| iss.replace("https://", "").replace("http://", ""));
        if host != frontend_api(vector) {
            return true;
        }
    }
    if suffixed_uat.is_none() && suffixed_session.is_none() {
        return false;
    }
    let is_out = |uat: &Option<String>| uat.as_deref() == Some("0");
    let iat = |payload: &Value| payload["iat"].as_i64().unwrap_or(0);
    if !is_out(&suffixed_uat) && !is_out(&uat) && iat(&ours) > iat(&theirs) {
        return false;
    }
    if is_out(&suffixed_uat) && !is_out(&uat) {
        return false;
    }
    let has_expired = theirs["exp"]
        .as_i64()
        .is_some_and(|exp| exp <= vector.now_ms / 1000);
    if is_development(vector) && has_expired && !is_out(&suffixed_uat) && is_out(&uat) {
        return false;
    }
    suffixed_uat.is_some() || suffixed_session.is_none()
}

/// The instance's own Frontend API.
pub(super) fn frontend_api(vector: &Vector) -> Option<String> {
    let text = |name: &str| super::states::option(vector, name).and_then(Value::as_str);
    let key = text("publishableKey")?.trim();
    let is_satellite = super::states::option(vector, "isSatellite") == Some(&json!(true));
    if let Some(domain) = text("domain")
        && is_satellite
        && key.starts_with("pk_live_")
    {
        return Some(format!("clerk.{domain}"));
    }
    let host = base64_simd::forgiving_decode_to_vec(key.rsplit('_').next()?.as_bytes()).ok()?;
    Some(
        String::from_utf8(host)
            .ok()?
            .trim_end_matches('$')
            .to_owned(),
    )
}

/// CTX-5, CTX-6: the reference's redirect, from the origin of the request itself.
pub(super) fn from_its_own_origin(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    let own = request_url(vector);
    let (scheme, rest) = own.split_once("://")?;
    let own = format!("{scheme}://{}", rest.split(['/', '?', '#']).next()?);
    let moved = |text: &str| -> Option<String> {
        let (_, rest) = text.split_once("://")?;
        let start = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some(format!("{own}{}", &rest[start..]))
    };
    let is_relative = super::states::option(vector, "proxyUrl")
        .and_then(Value::as_str)
        .is_some_and(|url| url.starts_with('/'));
    let state = &mut outcome["ok"];
    if is_relative {
        for at in ["/location/base", "/proxy_url"] {
            if let Some(text) = state.pointer_mut(at) {
                *text = json!(moved(text.as_str()?)?);
            }
        }
    }
    if state["status"] != "handshake"
        && let Some(base) = state.pointer_mut("/location/base")
    {
        *base = json!(moved(base.as_str()?)?);
    }
    let query = state
        .pointer_mut("/location/query")
        .and_then(Value::as_array_mut);
    for pair in query.into_iter().flatten() {
        if pair[0] == "redirect_url" || pair[0] == "__clerk_redirect_url" {
            pair[1] = json!(moved(pair[1].as_str()?)?);
        }
    }
    count_for_the_whole_site(vector, &mut outcome["ok"]);
    Some(outcome)
}

/// REQ-4: the sign-in page of a satellite is relative, no page, or on the satellite itself.
pub(super) fn satellite_page_is_unusable(vector: &Vector) -> bool {
    let option = |name: &str| super::states::option(vector, name);
    let text = |name: &str| option(name).and_then(Value::as_str).unwrap_or_default();
    let is_m2m = option("acceptsToken") == Some(&json!("m2m_token"));
    if option("isSatellite") != Some(&json!(true)) || is_m2m {
        return false;
    }
    let page = text("signInUrl");
    let is_here = || {
        let host = page
            .split("://")
            .nth(1)
            .unwrap_or_default()
            .split('/')
            .next()
            .unwrap_or_default();
        host == text("domain")
    };
    !page.is_empty() && (!page.starts_with("http://") && !page.starts_with("https://") || is_here())
}

pub(super) fn is_development(vector: &Vector) -> bool {
    let key = super::states::option(vector, "publishableKey").and_then(Value::as_str);
    key.is_some_and(|key| key.starts_with("pk_test_"))
}
