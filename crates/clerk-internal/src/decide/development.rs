//! What holds for development instances only: the token of the browser, and answering satellites.

use std::ops::ControlFlow;

use clerk_core::constants::{query, synced};
use clerk_core::url::Url;

use super::{Case, Decision, handshake};
use crate::context::RequestContext;
use crate::state::AuthErrorReason;

/// REQ-36: the primary application sends the browser back to the satellite it came from.
pub(super) fn answer_satellite(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let cx = case.cx;
    if cx.is_production() || cx.settings.is_satellite {
        return ControlFlow::Continue(());
    }
    let Some(target) = cx
        .query()
        .redirect_url
        .as_deref()
        .filter(|url| !url.is_empty())
    else {
        return ControlFlow::Continue(());
    };
    // The redirect hands over the browser's token, so it goes to known places only.
    let Some(satellite) = Url::parse(target).ok().filter(|url| is_satellite(cx, url)) else {
        event!(
            warn,
            "a redirect to a satellite that is neither configured nor on this machine is left out"
        );
        return ControlFlow::Continue(());
    };
    ControlFlow::Break(handshake::start_at(
        case,
        AuthErrorReason::PrimaryRespondsToSyncing,
        |cx| {
            let mut satellite = satellite;
            if let Some(token) = cx.dev_browser() {
                satellite.append_query_param(query::DEV_BROWSER, &token);
            }
            satellite.set_query_param(query::SYNCED, synced::COMPLETED);
            Some(satellite.into())
        },
    ))
}

fn is_satellite(cx: &RequestContext<'_>, url: &Url) -> bool {
    url.is_loopback()
        || cx
            .settings
            .satellite_origins
            .iter()
            .any(|origin| origin.as_str() == url.origin_str())
}

/// REQ-37, REQ-38: a browser in development needs its token.
pub(super) fn browser(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let cx = case.cx;
    if cx.is_production() {
        return ControlFlow::Continue(());
    }
    if cx.query().dev_browser.is_some() {
        return ControlFlow::Break(handshake::start(case, AuthErrorReason::DevBrowserSync, ""));
    }
    if cx.dev_browser().is_none() {
        return ControlFlow::Break(handshake::start(
            case,
            AuthErrorReason::DevBrowserMissing,
            "",
        ));
    }
    ControlFlow::Continue(())
}
