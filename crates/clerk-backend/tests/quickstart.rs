//! The quickstart, run as a test: every step goes as it should.

#![allow(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../examples/quickstart/main.rs"]
mod quickstart;

#[tokio::test]
async fn every_step_of_the_quickstart_goes_as_it_should() {
    let report = quickstart::run(false).await.unwrap();
    assert!(report.is_right(), "a step is wrong: see what it printed");
    assert!(report.steps() > 30, "{} steps", report.steps());
}

#[test]
fn a_wrong_step_is_not_passed_over() {
    let mut report = quickstart::Report::default();
    report.check("as it should be", true, "");
    assert!(report.is_right());
    report.check("not as it should be", false, "");
    report.check("as it should be", true, "");
    assert!(!report.is_right());
}
