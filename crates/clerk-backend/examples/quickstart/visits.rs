//! Page loads: handshakes, sign-in, renewal.

use std::time::Duration;

use super::browser::{Browser, Visit};
use super::{AnyError, Report, Stage};

pub(super) async fn show(stage: &Stage, report: &mut Report) -> Result<(), AnyError> {
    report.title("GET /me, as a browser loads it");
    let hello = format!("hello {}", stage.ada);
    let mut browser = Browser::new(stage);

    let visit = browser.visit("/me").await?;
    tell(report, &visit);
    report.check(
        "a new browser goes through a handshake, then to sign in",
        went_through_handshake(&visit) && ends_at(&visit, "200", "/sign-in"),
        format!("{} requests", visit.hops.len()),
    );

    let answer = browser.sign_in().await?;
    report.check(
        "the user signs in at the Frontend API",
        answer.status == 200,
        answer.status,
    );
    let visit = browser.visit("/me?from=sign-in").await?;
    tell(report, &visit);
    report.answer("the handshake brings her session", 200, &hello, &visit.end);
    report.check(
        "... by a handshake",
        went_through_handshake(&visit),
        visit.hops.len(),
    );
    let visit = browser.visit("/me").await?;
    report.answer("the next page needs none", 200, &hello, &visit.end);
    report.check("... at once", visit.hops.len() == 1, visit.hops.len());

    stage.offline.clock().advance(Duration::from_secs(66));
    let visit = browser.visit("/me").await?;
    report.answer(
        "an expired cookie is renewed by its refresh cookie",
        200,
        &hello,
        &visit.end,
    );
    report.check(
        "... without a redirect",
        visit.hops.len() == 1,
        visit.hops.len(),
    );

    browser
        .cookies
        .retain(|name, _| !name.starts_with("__refresh"));
    stage.offline.clock().advance(Duration::from_secs(66));
    let visit = browser.visit("/me").await?;
    report.answer("and without one, by a handshake", 200, &hello, &visit.end);
    report.check(
        "... by a handshake",
        went_through_handshake(&visit),
        visit.hops.len(),
    );
    Ok(())
}

fn tell(report: &Report, visit: &Visit) {
    for hop in &visit.hops {
        report.note(hop);
    }
}

fn went_through_handshake(visit: &Visit) -> bool {
    visit
        .hops
        .iter()
        .any(|hop| hop.ends_with("/v1/client/handshake"))
}

fn ends_at(visit: &Visit, status: &str, path: &str) -> bool {
    let last = visit.hops.last().map(String::as_str).unwrap_or_default();
    last.starts_with(status) && last.ends_with(path)
}
