//! A page of another organization than the active one.

use std::ops::ControlFlow;

use clerk_tokens::{SessionClaims, SessionStatus};

use super::{Case, Decision, handshake};
use crate::path::OrganizationTarget;
use crate::state::{AuthErrorReason, Reason};

/// REQ-48, ORG-6, ORG-7: the page's organization is activated by a handshake. Where there cannot be one, the
/// session stays as it is.
pub(super) fn activate(case: Case<'_, '_>, claims: &SessionClaims) -> ControlFlow<Decision> {
    let cx = case.cx;
    let Some(sync) = &cx.settings.organization_sync else {
        return ControlFlow::Continue(());
    };
    if claims.user_id().is_empty() || claims.status() == Some(SessionStatus::Pending) {
        return ControlFlow::Continue(());
    }
    let Some(target) = cx.public_url().and_then(|page| sync.target(page.path())) else {
        return ControlFlow::Continue(());
    };
    let active = claims.org();
    let is_active = match target {
        OrganizationTarget::Id(id) => active.is_some_and(|org| org.id() == id),
        OrganizationTarget::Slug(slug) => active.is_some_and(|org| org.slug() == Some(slug)),
        OrganizationTarget::PersonalAccount => active.is_none(),
    };
    if is_active {
        return ControlFlow::Continue(());
    }
    let reason = Reason::Request(AuthErrorReason::ActiveOrganizationMismatch);
    match handshake::try_start(case, &reason, "", handshake::frontend_api_url) {
        Some(decision) => ControlFlow::Break(decision),
        None => ControlFlow::Continue(()),
    }
}
