//! A satellite domain gets the session from the primary one.

use std::ops::ControlFlow;

use clerk_core::constants::{query, synced};

use super::{Case, Decision, handshake};
use crate::state::AuthErrorReason;

/// REQ-31 to REQ-35.
pub(super) fn sync(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let cx = case.cx;
    let settings = cx.settings;
    let state = cx.query().synced.as_deref();
    let is_eligible = settings.is_satellite && cx.is_document() && cx.view().is_get();
    if !is_eligible || state == Some(synced::COMPLETED) {
        return ControlFlow::Continue(());
    }
    let needs_sync = state == Some(synced::NEEDS_SYNC);
    let has_cookies = cx.session_cookie_text().is_some() || cx.client_uat() != 0;
    if has_cookies && !needs_sync {
        return ControlFlow::Continue(());
    }
    if !needs_sync && !settings.satellite_auto_sync {
        return ControlFlow::Break(case.signed_out(AuthErrorReason::SessionTokenAndUatMissing, ""));
    }
    let reason = AuthErrorReason::SatelliteNeedsSyncing;
    ControlFlow::Break(if cx.is_production() {
        handshake::start(case, reason, "")
    } else {
        // In development the primary application answers, not the Frontend API.
        handshake::start_at(case, reason, |cx| {
            let mut sign_in = cx.settings.sign_in.clone()?;
            sign_in.append_query_param(query::CLERK_REDIRECT_URL, cx.public_url()?.as_str());
            Some(sign_in.into())
        })
    })
}
