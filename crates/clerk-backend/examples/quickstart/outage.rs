//! Clerk goes away: who is signed in stays signed in, and nobody is told to sign in again.

use std::time::Duration;

use clerk_backend::testing::server::Fault;

use super::app::App;
use super::http_client::get;
use super::{AnyError, Report, Stage};

pub(super) async fn show(stage: &Stage, report: &mut Report) -> Result<(), AnyError> {
    report.title("Clerk goes away: every connection to it is closed");
    let clock = stage.offline.clock();
    let ada = stage.offline.create_user(super::EMAIL).await;
    let session = stage.offline.session(&ada);
    let hello = format!("hello {}", stage.ada);
    let me = stage.app.url("/me");
    stage.offline.inject("/", Fault::Reset, None);

    for (step, pause) in [
        ("right now", 0),
        ("ten minutes later, the keys are known", 10 * 60),
        ("most of a day later, still", 22 * 3600),
    ] {
        clock.advance(Duration::from_secs(pause));
        let answer = get(&me, &session.token_for(&stage.app.origin)).await?;
        report.answer(step, 200, &hello, &answer);
    }
    let cold = App::start(&stage.offline).await?;
    let answer = get(&cold.url("/me"), &session.token_for(&cold.origin)).await?;
    report.answer(
        "an application that starts now has no keys: 503, not 401",
        503,
        "jwk-remote-failed-to-load",
        &answer,
    );
    stage.offline.clear_faults();
    clock.advance(Duration::from_secs(31));
    let answer = get(&cold.url("/me"), &session.token_for(&cold.origin)).await?;
    report.answer("Clerk is back", 200, &hello, &answer);
    Ok(())
}
