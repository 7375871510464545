//! Which crates' types may appear in a public API: a type that appears there binds users to that crate's version.
#![cfg_attr(
    not(feature = "public-api"),
    allow(dead_code, reason = "read with the lists only")
)]

use std::collections::BTreeSet;

/// The standard library, and the crates whose types are the common language of HTTP and JSON.
const ANYWHERE: [&str; 7] = [
    "core",
    "alloc",
    "std",
    "http",
    "bytes",
    "serde_json",
    "futures_core",
];

/// Traits that types implement or take by bound; their crates promise not to break.
const TRAITS: [&str; 2] = ["serde_core", "serde"];

/// What one crate may show besides, and why.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // Conversions behind the features of these names.
    ("clerk-types", &["chrono", "jiff"]),
    // Any tower service as a transport, behind `tower`; a streaming answer is hyper's body, for the proxy.
    (
        "clerk-http",
        &[
            "http_body",
            "http_body_util",
            "hyper",
            "rustls",
            "tower_service",
        ],
    ),
    // A tower service over any HTTP body.
    (
        "clerk-proxy",
        &[
            "http_body",
            "http_body_util",
            "tower_layer",
            "tower_service",
        ],
    ),
    // An adapter speaks its framework's types: that is what it is for.
    (
        "clerk-tower",
        &["http_body", "tower_layer", "tower_service"],
    ),
    (
        "clerk-axum",
        &["axum_core", "http_body", "tower_layer", "tower_service"],
    ),
    (
        "clerk-actix",
        &["actix_http", "actix_service", "actix_utils", "actix_web"],
    ),
    ("clerk-rocket", &["rocket", "rocket_http"]),
    ("clerk-poem", &["poem"]),
];

/// The lines of an API that name a type of a crate that may not appear there.
pub(super) fn problems(name: &str, api: &str) -> Vec<String> {
    let besides = EXCEPTIONS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map_or(&[][..], |(_, besides)| *besides);
    let allowed = |root: &str| {
        root.starts_with("clerk_")
            || ANYWHERE.contains(&root)
            || TRAITS.contains(&root)
            || besides.contains(&root)
    };
    let mut found = Vec::new();
    // A pinned struct's `Unpin` names private parts of the macro that wrote it.
    for line in api
        .lines()
        .filter(|line| !line.contains("pin_project_lite::__private"))
    {
        for root in roots(line).into_iter().filter(|root| !allowed(root)) {
            found.push(format!("{name}: a type of `{root}` is public: {line}"));
        }
    }
    found
}

/// The first segments of all paths in a line; a generic parameter or `Self` starts with a capital and is none.
fn roots(line: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut start = 0;
    for (at, _) in line.match_indices("::") {
        let head = line.get(start..at).unwrap_or_default();
        let word = head
            .rfind(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .map_or(0, |before| before + 1);
        let root = head.get(word..).unwrap_or_default();
        let continues = head
            .get(..word)
            .is_some_and(|before| before.ends_with("::"))
            || (word == 0 && start > 0);
        if !continues
            && root.starts_with(|letter: char| letter.is_ascii_lowercase())
            && !PRIMITIVES.contains(&root)
        {
            found.insert(root);
        }
        start = at + 2;
    }
    found
}

/// Types whose associated items look like paths.
const PRIMITIVES: [&str; 8] = ["i64", "u64", "u32", "u16", "u8", "usize", "str", "bool"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_the_first_segments() {
        let line = "pub fn clerk_x::a<T: core::marker::Send>(T::Err, &http::header::map::HeaderMap) -> i64::MAX";
        assert_eq!(roots(line), BTreeSet::from(["clerk_x", "core", "http"]));
    }

    #[test]
    fn a_foreign_type_is_named_with_its_line() {
        let api = "pub fn clerk_x::a(url::Url)\npub fn clerk_x::b(http::uri::Uri)\n";
        assert_eq!(
            problems("clerk-x", api),
            ["clerk-x: a type of `url` is public: pub fn clerk_x::a(url::Url)"]
        );
        assert!(problems("clerk-types", "pub fn clerk_types::a(jiff::Timestamp)").is_empty());
    }
}
