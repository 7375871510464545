//! Callers that are no people: API keys, and machines of our own.

use clerk_backend::api::api_keys::CreateApiKey;
use clerk_backend::api::m2m::CreateM2mToken;
use clerk_backend::api::machines::CreateMachine;
use clerk_backend::types::enums::TokenFormat;

use super::http_client::get;
use super::{AnyError, Report, Stage};

pub(super) async fn show(stage: &Stage, report: &mut Report) -> Result<(), AnyError> {
    report.title("GET /jobs, as a machine calls it");
    let jobs = stage.app.url("/jobs");
    let key = CreateApiKey::new("nightly export", &stage.ada).scopes(["reports"]);
    let key = stage.clerk.api_keys().create(key).await?;
    let answer = get(&jobs, key.secret.expose()).await?;
    report.answer(
        "with an API key",
        200,
        &format!("key of {}", stage.ada),
        &answer,
    );

    let worker = stage
        .clerk
        .machines()
        .create(CreateMachine::new("worker"))
        .await?;
    let hello = format!("machine {}", worker.id);
    for (step, format) in [
        ("with a machine's opaque token", TokenFormat::Opaque),
        ("with a machine's JWT", TokenFormat::Jwt),
    ] {
        let token = stage
            .clerk
            .m2m()
            .create_token(CreateM2mToken::new().token_format(format))
            .machine_secret_key(worker.secret_key.expose())
            .await?;
        report.answer(step, 200, &hello, &get(&jobs, token.token.expose()).await?);
    }
    let unknown = get(&jobs, "ak_0000000000000000000000000000").await?;
    report.answer("with a key that nobody has", 401, "token-invalid", &unknown);
    let me = get(&stage.app.url("/me"), key.secret.expose()).await?;
    report.answer(
        "an API key where a person is expected",
        401,
        "token-invalid",
        &me,
    );

    stage.clerk.api_keys().revoke(&key.id).await?;
    let answer = get(&jobs, key.secret.expose()).await?;
    report.answer(
        "with the API key, once revoked",
        401,
        "token-invalid",
        &answer,
    );
    Ok(())
}
