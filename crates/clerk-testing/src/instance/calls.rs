//! The calls that tests need.

use std::hash::{BuildHasher, Hasher, RandomState};

use clerk_core::Secret;
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use clerk_http::{
    ApiClient, ApiRequest, HyperTransport, Runtime, SharedRuntime, SharedTransport, TokioRuntime,
};
use http::Method;
use serde_json::{Value, json};

use super::retry::{RETRIES, is_transient, wait};
use super::settings::{FAPI, SettingsError, TESTING_TOKEN, TestSettings};

/// An instance to test against.
#[derive(Clone, Debug)]
pub struct TestInstance {
    settings: TestSettings,
    client: ApiClient,
    runtime: SharedRuntime,
}

/// What browsers that a test drives need.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestingSetup {
    /// The Frontend API's host: requests to it carry the token.
    pub frontend_api: String,
    /// The testing token, for the query parameter `__clerk_testing_token`.
    pub testing_token: Secret,
}

impl TestingSetup {
    /// The variables under which Clerk's testing tools look for it: hand them to the process that drives the browser.
    #[must_use]
    pub fn env(&self) -> [(&'static str, String); 2] {
        [
            (FAPI, self.frontend_api.clone()),
            (TESTING_TOKEN, self.testing_token.expose().to_owned()),
        ]
    }
}

/// An agent task: whoever opens its URL is signed in as the user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgentTask {
    /// The id of the task.
    pub id: String,
    /// Where a browser signs in.
    pub url: Secret,
}

impl TestInstance {
    /// With the settings of a test run.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] for keys of a production instance, unless [allowed](TestSettings::allow_live), and for a Backend
    /// API address that cannot be used.
    pub fn new(settings: TestSettings) -> Result<Self, SettingsError> {
        let transport = HyperTransport::builder()
            .build()
            .map_err(|error| SettingsError::new(error.to_string()))?;
        Self::with_transport(
            settings,
            SharedTransport::new(transport),
            SharedRuntime::new(TokioRuntime::new()),
        )
    }

    /// With a transport and a runtime of one's own.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_transport(
        settings: TestSettings,
        transport: SharedTransport,
        runtime: SharedRuntime,
    ) -> Result<Self, SettingsError> {
        let secret = settings.secret_key.as_ref().map(Secret::expose);
        let is_live = settings.publishable_key.as_str().starts_with("pk_live_")
            || secret.is_some_and(|secret| secret.starts_with("sk_live_"));
        if is_live && !settings.allow_live {
            return Err(SettingsError::new(
                "the keys are live keys: tests would act on real users (set allow_live where that is meant)",
            ));
        }
        let mut builder = ApiClient::builder(transport).api_url(match &settings.api_url {
            Some(url) => url.as_str(),
            None => settings
                .publishable_key
                .frontend_api()
                .environment()
                .api_url(),
        });
        if let Some(secret) = secret {
            builder = builder.secret_key(secret);
        }
        let client = builder
            .build()
            .map_err(|error| SettingsError::new(error.to_string()))?;
        Ok(Self {
            settings,
            client,
            runtime,
        })
    }

    /// What browsers need: a testing token, fetched unless the settings hold one.
    ///
    /// # Errors
    ///
    /// [`ApiError`] once trying again does not help.
    pub async fn set_up(&self) -> Result<TestingSetup, ApiError> {
        let testing_token = match &self.settings.testing_token {
            Some(token) => {
                self.log("CLERK_TESTING_TOKEN is set: no testing token is fetched");
                token.clone()
            }
            None => {
                let answer = self
                    .call(
                        "testing_tokens.create",
                        Method::POST,
                        "/testing_tokens",
                        &json!({}),
                    )
                    .await?;
                Secret::new(text(&answer, "token")?)
            }
        };
        Ok(TestingSetup {
            frontend_api: self
                .settings
                .publishable_key
                .frontend_api()
                .host()
                .to_owned(),
            testing_token,
        })
    }

    /// Creates a user with this e-mail address, without a password; the user's id. Addresses with `+clerk_test` in them
    /// get no mail, and their verification code is 424242.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn create_user(&self, email: &str) -> Result<String, ApiError> {
        let body = json!({"email_address": [email], "skip_password_requirement": true});
        let answer = self
            .call("users.create", Method::POST, "/users", &body)
            .await?;
        text(&answer, "id")
    }

    /// Starts a session of a user; the session's id. Development instances only.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn create_session(&self, user_id: &str) -> Result<String, ApiError> {
        let body = json!({"user_id": user_id});
        let answer = self
            .call("sessions.create", Method::POST, "/sessions", &body)
            .await?;
        text(&answer, "id")
    }

    /// A session token, which lives sixty seconds.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn create_token(&self, session_id: &str) -> Result<Secret, ApiError> {
        let path = format!("/sessions/{}/tokens", segment(session_id)?);
        let answer = self
            .call("sessions.create_token", Method::POST, &path, &json!({}))
            .await?;
        Ok(Secret::new(text(&answer, "jwt")?))
    }

    /// Deletes a user, with all sessions.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn delete_user(&self, user_id: &str) -> Result<(), ApiError> {
        let path = format!("/users/{}", segment(user_id)?);
        self.call("users.delete", Method::DELETE, &path, &Value::Null)
            .await?;
        Ok(())
    }

    /// Creates an agent task: a browser that opens its URL is signed in as the user, then sent to `redirect_url`.
    ///
    /// Clerk calls this experimental.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call.
    pub async fn create_agent_task(
        &self,
        user_id: &str,
        redirect_url: &str,
    ) -> Result<AgentTask, ApiError> {
        let body = json!({
            "on_behalf_of": {"user_id": user_id},
            "permissions": "*",
            "agent_name": "test",
            "task_description": "an end-to-end test",
            "redirect_url": redirect_url,
        });
        let answer = self
            .call("agent_tasks.create", Method::POST, "/agents/tasks", &body)
            .await?;
        Ok(AgentTask {
            id: text(&answer, "agent_task_id")?,
            url: Secret::new(text(&answer, "url")?),
        })
    }

    /// A call, tried again where that may help.
    async fn call(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let mut failures = 0;
        loop {
            let mut request = ApiRequest::new(operation, method.clone(), path);
            if !body.is_null() {
                request = request.json(body)?;
            }
            self.log(operation);
            let error = match self.client.send(request).await {
                Ok(answer) => return answer.json(),
                Err(error) => error,
            };
            self.log(&error.to_string());
            // What may have been done must not be done twice: only the token may be asked for again and again.
            let may_repeat = operation == "testing_tokens.create"
                || !error.may_have_been_sent()
                || error.is_rate_limited();
            if failures >= RETRIES || !is_transient(&error) || !may_repeat {
                return Err(error);
            }
            let random = RandomState::new().build_hasher().finish();
            self.runtime
                .sleep(wait(failures, random, error.retry_after()))
                .await;
            failures += 1;
        }
    }

    #[expect(
        clippy::print_stderr,
        reason = "this is the log that CLERK_TESTING_DEBUG asks for"
    )]
    fn log(&self, text: &str) {
        if self.settings.debug {
            eprintln!("clerk-testing: {text}");
        }
    }
}

/// A text member of an answer.
fn text(value: &Value, name: &str) -> Result<String, ApiError> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| {
            ApiError::new(
                ApiErrorKind::Decode,
                Sent::Yes,
                format!("the answer has no {name}"),
            )
        })
}

/// An id that may stand in a path.
fn segment(id: &str) -> Result<&str, ApiError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !id.is_empty() && id.bytes().all(fits) {
        return Ok(id);
    }
    Err(ApiError::new(
        ApiErrorKind::Invalid,
        Sent::No,
        "this cannot be an id",
    ))
}
