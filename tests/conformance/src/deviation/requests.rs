//! What this workspace means about whole requests.

use serde_json::{Value, json};

use crate::vector::Vector;

/// HS-11: the reference's outcome, with a redirect counter that holds for the whole site and goes over TLS only.
pub(super) fn counted_for_the_whole_site(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    count_for_the_whole_site(vector, &mut outcome["ok"]);
    Some(outcome)
}

fn count_for_the_whole_site(vector: &Vector, state: &mut Value) {
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
fn is_public_https(vector: &Vector, state: &Value) -> bool {
    let query = state.pointer("/location/query").and_then(Value::as_array);
    let page = query.into_iter().flatten().find_map(|pair| {
        let is_page = pair[0] == "redirect_url" || pair[0] == "__clerk_redirect_url";
        is_page.then(|| pair[1].as_str().unwrap_or_default().to_owned())
    });
    match page {
        Some(page) => page.starts_with("https:"),
        None => match header(vector, "x-forwarded-proto") {
            Some(proto) => proto.split(',').next() == Some("https"),
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
