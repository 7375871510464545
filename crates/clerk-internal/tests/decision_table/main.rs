//! The decision table: one request for each row, asked from the engine, printed for the documentation.
//!
//! `cargo xtask decisions` writes the page that the documentation shows; this test fails where it is not current.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod ask;
mod render;
mod rows;
mod rows_of_answers;

use std::path::Path;

/// Where the documentation takes the table from.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/state/decision-table.md");

#[test]
fn every_row_is_what_the_engine_decides() {
    let mut wrong = Vec::new();
    for group in rows::all() {
        for row in &group.rows {
            let state = row.ask.decide();
            let found = (
                state.status(),
                state.reason().map(ToString::to_string).unwrap_or_default(),
                ask::sent_to(&state),
            );
            let expected = (row.status, row.reason.to_owned(), row.sent_to);
            if found != expected {
                let place = format!("{}: {}", group.title, row.situation);
                wrong.push(format!("{place}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_row_says_where_its_rule_comes_from() {
    for row in rows::all().iter().flat_map(|group| &group.rows) {
        for id in row.requirements.split(", ") {
            let (family, number) = id.split_once('-').unwrap_or_default();
            let is_family =
                !family.is_empty() && family.bytes().all(|byte| byte.is_ascii_uppercase());
            assert!(
                is_family && number.parse::<u16>().is_ok(),
                "{}: {id}",
                row.situation
            );
        }
    }
}

#[test]
fn the_documentation_shows_the_current_table() {
    let table = render::page(&rows::all());
    if std::env::var("CLERK_DECISION_TABLE").as_deref() == Ok("write") {
        std::fs::write(PAGE, &table).unwrap();
    }
    let shown = std::fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    assert!(
        shown == table,
        "src/state/decision-table.md is not current: run `cargo xtask decisions`"
    );
}
