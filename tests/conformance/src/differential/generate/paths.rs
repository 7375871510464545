//! Path patterns and the paths they are tried on.

use serde_json::{Value, json};

use super::Case;
use crate::differential::Choices;

const PIECES: &[&str] = &[
    "/",
    "/",
    "/a",
    "/b",
    "/:x",
    "/:id",
    "/(.*)",
    ":y",
    "*",
    "+",
    "?",
    "(\\d+)",
    "([a-z]+)",
    "{/c}?",
    "{-:z}?",
    ".",
    "-",
    "/api",
    "/:s(\\w+)",
    "(.*)",
    "A",
];

const PATHS: &[&str] = &[
    "/",
    "",
    "/a",
    "/a/",
    "/A",
    "/a/b",
    "/a/b/",
    "/a//b",
    "//a",
    "/a/b/c",
    "/b",
    "/1",
    "/a/1",
    "/a/12",
    "/api",
    "/api/x",
    "/a.json",
    "/a-b",
    "/ab",
    "/caf%C3%A9",
    "/a%2Fb",
    "/a/%62",
    "/a%20b",
    "/a/../b",
    "/a/./b",
    "/%",
    "/%zz",
    "/a\\b",
    "/a%5Cb",
    "/a%00",
    "/a;x",
    "/a b",
    "/x/y/z",
    "/a/b/c/d",
];

pub(super) fn case(choices: &mut Choices) -> Case {
    let pattern = |choices: &mut Choices| {
        let text = choices.text(PIECES, 5);
        if text.starts_with('/') || choices.chance(5) {
            text
        } else {
            format!("/{text}")
        }
    };
    let paths: Vec<&str> = (0..6).map(|_| choices.one(PATHS)).collect();
    let make = |function, input: &Value| Case::new("urls_and_keys", function, input);
    match choices.below(6) {
        0 => make(
            "normalizePath",
            &json!({"path": choices.text(&["/", "//", "a", "%2F", "%25", "%2e", ".", "..", "\\", "%5c", "%zz", "%", "é", "%C3%A9", "%00", ";", "%2f%2F"], 6)}),
        ),
        1..=3 => {
            let mut patterns = vec![pattern(choices)];
            if choices.chance(40) {
                patterns.push(pattern(choices));
            }
            make("match", &json!({"patterns": patterns, "paths": paths}))
        }
        _ => {
            let patterns = match choices.chance(50) {
                true => json!(pattern(choices)),
                false => json!([pattern(choices), pattern(choices)]),
            };
            make(
                "createPathMatcher",
                &json!({"patterns": patterns, "paths": paths}),
            )
        }
    }
}
