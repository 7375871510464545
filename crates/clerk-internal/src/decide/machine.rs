//! A machine token in the `Authorization` header.

use std::borrow::Cow;

use clerk_core::Secret;
use clerk_errors::{
    MachineTokenVerificationCode, MachineTokenVerificationError, TokenVerificationAction,
    TokenVerificationError, TokenVerificationReason,
};
use clerk_tokens::{CategoryPolicy, DecodedJwt, PresentedToken, verify_m2m_jwt, verify_oauth_jwt};
use http::HeaderMap;

use super::verify::Problem;
use super::{CallFailure, Case, Decision, Need};
use crate::auth::Auth;
use crate::machine::{self, MachineToken, read_answer};
use crate::state::AuthErrorReason;
use crate::token_type::MachineTokenType;

/// REQ-24, REQ-25: exactly one kind is accepted.
pub(super) fn single(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
    accepted: MachineTokenType,
) -> Decision {
    match MachineTokenType::of(token.token_type()) {
        Some(found) if found == accepted => verify(case, token, accepted),
        _ => case.signed_out_as(
            accepted.token_type(),
            AuthErrorReason::TokenTypeMismatch,
            "",
        ),
    }
}

/// REQ-26, REQ-27.
pub(super) fn verify(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
    token_type: MachineTokenType,
) -> Decision {
    match verified(case, token, token_type) {
        Ok(verified) => {
            let text = case.cx.header_text().unwrap_or_default();
            case.signed_in(Auth::machine(text, verified), HeaderMap::new())
        }
        Err(MachineProblem::Needs(need)) => Decision::Needs(*need),
        Err(MachineProblem::Refused(error)) => {
            let message = error.to_string();
            case.signed_out_as(token_type.token_type(), error.code(), message)
        }
        Err(MachineProblem::Unavailable { error, failure }) => {
            case.unavailable(token_type.token_type(), error.code(), &failure)
        }
    }
}

/// What a token says that is presented as one of this kind.
pub(super) fn verified(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
    token_type: MachineTokenType,
) -> Result<MachineToken, MachineProblem> {
    match (token.decoded(), token.opaque()) {
        (Some(decoded), _) => verify_jwt(case, decoded, token_type),
        (None, Some(opaque)) => verify_opaque(case, opaque, token_type),
        (None, None) => Err(MachineProblem::from(not_a_token())),
    }
}

/// TOK-10 to TOK-15: a machine token outside a request.
pub(crate) fn alone(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
) -> Result<MachineToken, MachineProblem> {
    match MachineTokenType::of(token.token_type()) {
        Some(token_type) => verified(case, token, token_type),
        None if token.decoded().is_some() => {
            Err(MachineProblem::from(MachineTokenVerificationError::new(
                MachineTokenVerificationCode::TokenVerificationFailed,
                "The token is no machine token: neither its header type (typ) nor its subject is one's.",
            )))
        }
        None => Err(MachineProblem::from(not_a_token())),
    }
}

impl From<MachineTokenVerificationError> for MachineProblem {
    fn from(error: MachineTokenVerificationError) -> Self {
        Self::Refused(Box::new(error))
    }
}

pub(crate) enum MachineProblem {
    Refused(Box<MachineTokenVerificationError>),
    Needs(Box<Need>),
    Unavailable {
        error: Box<MachineTokenVerificationError>,
        failure: Box<CallFailure>,
    },
}

fn verify_jwt(
    case: Case<'_, '_>,
    token: &DecodedJwt<'_>,
    token_type: MachineTokenType,
) -> Result<MachineToken, MachineProblem> {
    // JWT-53, TOK-30: what the header gives away costs no key.
    let is_m2m = token_type == MachineTokenType::M2m;
    if is_m2m && !CategoryPolicy::M2m.accepts(token.header()) {
        return Err(MachineProblem::from(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::TokenInvalid,
            "The token's category is not that of M2M tokens.",
        )));
    }
    if token.header().has_critical_extensions() {
        return Err(MachineProblem::from(failed(
            TokenVerificationError::new(
                TokenVerificationReason::TokenInvalid,
                "The token's header demands extensions (crit), and none is supported.",
            )
            .with_action(TokenVerificationAction::EnsureClerkJwt),
        )));
    }
    if token.header().algorithm().is_err() {
        return Err(MachineProblem::from(failed(TokenVerificationError::new(
            TokenVerificationReason::TokenInvalidAlgorithm,
            "The token's algorithm is none of RS256, RS384 and RS512.",
        ))));
    }
    // TOK-31: the instance's secret key loads the keys, a machine's does not.
    if case.cx.settings.jwt_key.is_none() && !case.can_load_keys {
        return Err(MachineProblem::from(failed(
            TokenVerificationError::new(
                TokenVerificationReason::JwkFailedToResolve,
                "There is no key to verify the token with; a machine secret key cannot load one.",
            )
            .with_action(TokenVerificationAction::SetClerkJwtKey),
        )));
    }
    let key = case.key(token).map_err(|problem| match problem {
        Problem::Refused(error) => MachineProblem::from(failed(*error)),
        Problem::Needs(need) => MachineProblem::Needs(need),
        Problem::Outage { error, failure } => MachineProblem::Unavailable {
            error: Box::new(failed(*error)),
            failure,
        },
    })?;
    let checks = &case.cx.settings.machine_checks;
    let verified = if is_m2m {
        verify_m2m_jwt(token, &key, checks)
            .map(|claims| MachineToken::M2m(machine::from_m2m(claims)))
    } else {
        verify_oauth_jwt(token, &key, checks)
            .map(|claims| MachineToken::OAuth(machine::from_oauth(&claims)))
    };
    verified.map_err(MachineProblem::from)
}

fn failed(error: TokenVerificationError) -> MachineTokenVerificationError {
    MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenVerificationFailed,
        error.message().to_owned(),
    )
    .with_token_error(error)
}

/// The longest opaque token that Clerk is asked about, in bytes.
const MAX_OPAQUE_LENGTH: usize = 512;

/// Whether a text can be an opaque token or a nonce at all; nothing else is worth a call.
pub(super) fn is_plain_opaque(text: &str) -> bool {
    text.len() <= MAX_OPAQUE_LENGTH
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn verify_opaque(
    case: Case<'_, '_>,
    token: &str,
    token_type: MachineTokenType,
) -> Result<MachineToken, MachineProblem> {
    if !is_plain_opaque(token) {
        return Err(MachineProblem::from(not_a_token()));
    }
    match &case.answers.machine {
        None if can_ask(case, token_type) => {
            Err(MachineProblem::Needs(Box::new(Need::MachineToken {
                token_type,
                token: Secret::new(token),
            })))
        }
        None => Err(MachineProblem::from(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::UnexpectedError,
            "The token can be verified only by Clerk, and there is no secret key to ask with.",
        ))),
        Some(Ok(answer)) => {
            let verified =
                read_answer(token_type, answer, case.cx.now_ms).map_err(MachineProblem::from)?;
            check_oauth_audience(case, &verified)?;
            Ok(verified)
        }
        Some(Err(failure)) => Err(opaque_failure(token_type, failure)),
    }
}

/// Whether there is a key to ask Clerk with.
fn can_ask(case: Case<'_, '_>, token_type: MachineTokenType) -> bool {
    let settings = case.cx.settings;
    let has_machine_key =
        token_type == MachineTokenType::M2m && settings.machine_secret_key.is_some();
    case.can_call && (settings.secret_key.is_some() || has_machine_key)
}

/// TOK-24, TOK-26.
fn opaque_failure(token_type: MachineTokenType, failure: &CallFailure) -> MachineProblem {
    let (code, message): (_, Cow<'static, str>) = match failure.status {
        Some(401) => (
            MachineTokenVerificationCode::SecretKeyInvalid,
            failure.message.clone(),
        ),
        Some(404) => (
            MachineTokenVerificationCode::TokenInvalid,
            Cow::Borrowed(match token_type {
                MachineTokenType::ApiKey => "Clerk knows no such API key.",
                MachineTokenType::M2m => "Clerk knows no such machine token.",
                MachineTokenType::OAuth => "Clerk knows no such OAuth token.",
            }),
        ),
        _ => (
            MachineTokenVerificationCode::UnexpectedError,
            Cow::Borrowed("The token could not be verified."),
        ),
    };
    let mut error = MachineTokenVerificationError::new(code, message);
    // A success that could not be read tells nothing by its status.
    if let Some(status) = failure.status.filter(|status| *status >= 300) {
        error = error.with_status(status);
    }
    if let Some(retry_after) = failure.retry_after {
        error = error.with_retry_after(retry_after);
    }
    if failure.is_outage || code == MachineTokenVerificationCode::SecretKeyInvalid {
        return MachineProblem::Unavailable {
            error: Box::new(error.as_outage()),
            failure: Box::new(failure.clone()),
        };
    }
    MachineProblem::from(error)
}

/// TOK-35: opaque OAuth tokens too.
fn check_oauth_audience(case: Case<'_, '_>, verified: &MachineToken) -> Result<(), MachineProblem> {
    let MachineToken::OAuth(token) = verified else {
        return Ok(());
    };
    let accepted = &case.cx.settings.audience;
    let accepted = || accepted.iter().filter(|audience| !audience.is_empty());
    if accepted().next().is_none() {
        return Ok(());
    }
    let named = token.audience.as_deref().unwrap_or_default();
    let well_formed = !named.is_empty() && named.iter().all(|audience| !audience.is_empty());
    if well_formed && accepted().any(|audience| named.contains(audience)) {
        return Ok(());
    }
    Err(MachineProblem::from(MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenVerificationFailed,
        "The token's audience (aud) is none of those accepted here.",
    )))
}

fn not_a_token() -> MachineTokenVerificationError {
    MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenInvalid,
        "The text is not a token of Clerk's.",
    )
}
