//! Machine tokens outside a request, one method per kind.

use clerk_errors::{MachineTokenVerificationCode, MachineTokenVerificationError};
use clerk_internal::machine::{ApiKey, M2mToken, OAuthAccessToken};
use clerk_internal::state::{AuthErrorReason, Reason};
use clerk_internal::{Auth, AuthenticateOptions, TokenRefusal, Verification};
use clerk_tokens::TokenType;

use super::Clerk;

/// Without an audience of its own.
const NO_AUDIENCE: [&str; 0] = [];

impl Clerk {
    /// Verifies a machine-to-machine token: a JWT here, with the instance's key, an opaque one by asking Clerk.
    ///
    /// Asking uses the machine secret key where one is configured. A JWT costs no call, but needs the instance's
    /// signing keys: with nothing but a machine secret key configured they cannot be loaded. The audience that
    /// requests are held to plays no role. `clerk.m2m().verify(..)` always asks Clerk, and leaves it to the caller to
    /// look whether the token was revoked or has expired.
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_backend::Clerk, token: &str) {
    /// match clerk.verify_m2m_token(token).await {
    ///     Ok(token) => println!("machine {} may {:?}", token.facts.subject, token.facts.scopes),
    ///     Err(error) if error.is_outage() => println!("503, retry after {:?}", error.retry_after()),
    ///     Err(error) => println!("401: {error}"),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The token is not good, or ([`is_outage`](MachineTokenVerificationError::is_outage)) nothing could be found out
    /// about it.
    pub async fn verify_m2m_token(
        &self,
        token: &str,
    ) -> Result<M2mToken, MachineTokenVerificationError> {
        // TOK-34
        let options = AuthenticateOptions::new().audience(NO_AUDIENCE);
        match self.machine_auth(token, TokenType::M2m, options).await? {
            Auth::M2m(machine) => Ok(machine.details().clone()),
            _ => Err(other_kind(TokenType::M2m)),
        }
    }

    /// Verifies an API key by asking Clerk. A revoked or expired one is refused.
    ///
    /// # Errors
    ///
    /// The key is not good, or ([`is_outage`](MachineTokenVerificationError::is_outage)) nothing could be found out
    /// about it.
    pub async fn verify_api_key(
        &self,
        secret: &str,
    ) -> Result<ApiKey, MachineTokenVerificationError> {
        let options = AuthenticateOptions::new();
        match self
            .machine_auth(secret, TokenType::ApiKey, options)
            .await?
        {
            Auth::ApiKey(key) => Ok(key.details().clone()),
            _ => Err(other_kind(TokenType::ApiKey)),
        }
    }

    /// Verifies an OAuth access token: a JWT here, with the instance's key, an opaque one by asking Clerk.
    ///
    /// With audiences given, the token must name one of them (`aud`), and nothing but texts; with none, any token
    /// passes.
    ///
    /// ```no_run
    /// # async fn example(clerk: clerk_backend::Clerk, token: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let token = clerk.verify_oauth_token(token, ["https://api.example.com"]).await?;
    /// println!("{} lets {} act", token.facts.subject, token.client_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The token is not good, or ([`is_outage`](MachineTokenVerificationError::is_outage)) nothing could be found out
    /// about it.
    pub async fn verify_oauth_token<A: Into<String>>(
        &self,
        token: &str,
        audiences: impl IntoIterator<Item = A>,
    ) -> Result<OAuthAccessToken, MachineTokenVerificationError> {
        // TOK-37: other than the reference, a JWT is not sent anywhere.
        let options = AuthenticateOptions::new().audience(audiences);
        match self.machine_auth(token, TokenType::OAuth, options).await? {
            Auth::OAuth(oauth) => Ok(oauth.details().clone()),
            _ => Err(other_kind(TokenType::OAuth)),
        }
    }

    /// A token of another kind is refused unseen: no call is made for it.
    async fn machine_auth(
        &self,
        token: &str,
        kind: TokenType,
        options: AuthenticateOptions,
    ) -> Result<Auth, MachineTokenVerificationError> {
        let options = options.accepts(kind);
        let verification = self.authenticator.verify_with(token, options).await;
        match verification {
            Ok(Verification::Verified(token)) => Ok(token.auth().clone()),
            Ok(Verification::Missing) => Err(other_kind(kind)),
            Ok(Verification::Refused(refusal)) => Err(refused(&refusal, kind)),
            Ok(Verification::Unavailable(outage)) => {
                let message = outage.message().to_owned();
                let mut error =
                    MachineTokenVerificationError::new(code(outage.reason()), message).as_outage();
                if let Some(status) = outage.status() {
                    error = error.with_status(status);
                }
                if let Some(wait) = outage.retry_after() {
                    error = error.with_retry_after(wait);
                }
                Err(error)
            }
            Err(error) => Err(MachineTokenVerificationError::new(
                MachineTokenVerificationCode::UnexpectedError,
                "The options of the verification cannot be used.",
            )
            .with_source(error)),
        }
    }
}

fn refused(refusal: &TokenRefusal, kind: TokenType) -> MachineTokenVerificationError {
    match refusal.reason() {
        Reason::Request(AuthErrorReason::TokenTypeMismatch) => other_kind(kind),
        reason => MachineTokenVerificationError::new(code(reason), refusal.message().to_owned()),
    }
}

fn code(reason: &Reason) -> MachineTokenVerificationCode {
    match reason {
        Reason::Machine(code) => *code,
        _ => MachineTokenVerificationCode::UnexpectedError,
    }
}

fn other_kind(kind: TokenType) -> MachineTokenVerificationError {
    MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenInvalid,
        format!("The text is no token of the kind {kind}."),
    )
}
