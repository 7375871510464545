//! Redirects that the reference builds from texts, and the origin it takes a request's proxy at its word for.

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::vector::{Expected, Vector};

/// The URL the redirect leads to, as configured: a sign-up page may lie below the sign-in page.
fn target(vector: &Vector) -> Option<&str> {
    let option = |name: &str| {
        let text = vector.text(&format!("/options/{name}"));
        text.filter(|text| !text.is_empty())
    };
    let sign_up = (vector.text("/call") == Some("redirectToSignUp"))
        .then(|| option("signUpUrl"))
        .flatten();
    sign_up.or_else(|| option("signInUrl"))
}

fn found(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// A URL of the redirect is none of `http` or `https`, or has user information or an international host.
pub(super) fn leads_to_no_page(vector: &Vector) -> bool {
    let is_no_page = |text: &str| {
        let text = text.trim();
        let has_scheme = found(r"^[A-Za-z][A-Za-z0-9+.-]*:", text);
        let is_page = found(r"^(?i:https?):[/\\]*[^/\\?#@]*([/\\?#]|$)", text);
        let authority = text
            .split(['/', '\\', '?', '#'])
            .find(|part| part.contains('.'));
        has_scheme && (!is_page || authority.is_some_and(|host| !host.is_ascii()))
    };
    let back = vector.text("/args/returnBackUrl");
    [target(vector), back].into_iter().flatten().any(is_no_page)
}

/// There is something left to do, and the target has a query, or a fragment that is no route.
pub(super) fn has_tasks_behind_a_query(vector: &Vector) -> bool {
    let Some(target) = target(vector) else {
        return false;
    };
    let (page, route) = target.split_once('#').unwrap_or((target, ""));
    let is_route = route.starts_with('/');
    let is_misplaced = if is_route {
        route.contains('?')
    } else {
        page.contains('?') || target.contains('#')
    };
    vector.text("/options/sessionStatus") == Some("pending") && is_misplaced
}

/// The recorded URL, with `/tasks` moved to the end of the page's path.
pub(super) fn tasks_in_the_path(vector: &Vector) -> Option<Value> {
    let recorded = vector.expected.to_value();
    let recorded = recorded["ok"].as_str()?;
    let (page, fragment) = match recorded.split_once('#') {
        Some((page, fragment)) => (page, Some(fragment)),
        None => (recorded, None),
    };
    if let Some(route) = fragment.filter(|fragment| fragment.starts_with('/')) {
        let (path, query) = route.strip_suffix("/tasks")?.split_once('?')?;
        return Some(json!({ "ok": format!("{page}#{path}/tasks?{query}") }));
    }
    let fragment = fragment.map(|fragment| fragment.strip_suffix("/tasks").unwrap_or(fragment));
    let (path, query) = match page.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (page, None),
    };
    let mut url = format!("{}/tasks", path.trim_end_matches('/'));
    if let Some(query) = query {
        let pairs = query
            .split('&')
            .map(|pair| match pair.strip_prefix("redirect_url=") {
                Some(_) => pair.to_owned(),
                None => without_tasks(pair),
            });
        url = format!("{url}?{}", pairs.collect::<Vec<_>>().join("&"));
    }
    if let Some(fragment) = fragment {
        url = format!("{url}#{fragment}");
    }
    Some(json!({ "ok": url }))
}

/// A member of the query without the page's name behind it.
fn without_tasks(pair: &str) -> String {
    if let Some(name) = pair.strip_suffix("%2Ftasks=") {
        return format!("{name}=");
    }
    let tails = ["%2Ftasks", "/tasks"];
    let plain = tails.iter().find_map(|tail| pair.strip_suffix(tail));
    plain.unwrap_or(pair).to_owned()
}

/// Scheme and host as the headers of the request have them (CTX-2).
fn reported(vector: &Vector) -> Option<(String, String)> {
    let url = recorded_url(vector)?;
    let headers = vector.input_at("/headers")?.as_array()?;
    let header = |name: &str| {
        headers.iter().find_map(|pair| {
            let is_it = pair[0].as_str()?.eq_ignore_ascii_case(name);
            is_it.then(|| pair[1].as_str()).flatten()
        })
    };
    let first = |text: &str| text.split(',').next().unwrap_or_default().trim().to_owned();
    let host = match header("x-forwarded-host") {
        Some(forwarded) => first(forwarded),
        None => header("host")?.trim().to_owned(),
    };
    let scheme = match header("x-forwarded-proto") {
        Some(forwarded) => first(forwarded),
        None => url.split("://").next()?.to_owned(),
    };
    Some((scheme, host))
}

fn recorded_url(vector: &Vector) -> Option<String> {
    let Expected::Ok(recorded) = &vector.expected else {
        return None;
    };
    recorded["url"].as_str().map(str::to_owned)
}

fn origin_of(url: &str) -> &str {
    let after = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(after..).and_then(|rest| rest.find(['/', '?', '#']));
    end.and_then(|end| url.get(..after + end)).unwrap_or(url)
}

/// The reference believed headers that name no plain origin.
pub(super) fn has_no_plain_origin(vector: &Vector) -> bool {
    const ORIGIN: &str = r"^(?i:https?)://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{0,5})?$";
    let Expected::Ok(recorded) = &vector.expected else {
        return false;
    };
    let reported = reported(vector).map(|(scheme, host)| format!("{scheme}://{host}"));
    reported.is_some_and(|origin| !found(ORIGIN, &origin))
        && recorded["url"] != recorded["clerk_url"]
}

/// The request, at its own origin.
pub(super) fn at_its_own_origin(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    let url = recorded_url(vector)?;
    outcome["ok"]["origin"] = origin_of(&url).into();
    outcome["ok"]["clerk_url"] = url.into();
    Some(outcome)
}

/// The path begins with two slashes, which the reference resolves as a reference to a host.
pub(super) fn has_path_like_a_host(vector: &Vector) -> bool {
    let url = recorded_url(vector).unwrap_or_default();
    let rest = url.strip_prefix(origin_of(&url)).unwrap_or_default();
    let meant = path_at_the_reported_origin(vector);
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "._-:[]".contains(character);
    rest.starts_with("//")
        && reported(vector).is_some_and(|(scheme, host)| {
            ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
                && !host.is_empty()
                && host.chars().all(is_plain)
        })
        && matches!(vector.expected, Expected::Ok(_))
        && meant.is_some_and(|meant| meant != vector.expected.to_value())
}

/// The request's own path and query, at the reported origin.
pub(super) fn path_at_the_reported_origin(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    let url = recorded_url(vector)?;
    let (scheme, host) = reported(vector)?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let default = if scheme == "https" { ":443" } else { ":80" };
    let origin = format!("{scheme}://{}", host.strip_suffix(default).unwrap_or(&host));
    let rest = url.strip_prefix(origin_of(&url))?;
    let rest = rest.split('#').next()?;
    let rest = rest.strip_suffix('?').unwrap_or(rest);
    outcome["ok"]["clerk_url"] = format!("{origin}{rest}").into();
    outcome["ok"]["origin"] = origin.into();
    Some(outcome)
}
