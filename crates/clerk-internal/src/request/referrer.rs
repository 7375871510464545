//! Where a navigation came from.

use clerk_core::url::Url;

/// Whether the page that led here belongs to Clerk: the Frontend API, or the accounts portal.
///
/// A page of Clerk's own has just dealt with the session, so arriving from there needs no further handshake.
pub(crate) struct ClerkPages<'i> {
    /// The host of the effective Frontend API, with its port.
    pub(crate) frontend_api: Option<&'i str>,
    pub(crate) accounts: Option<&'i Url>,
    pub(crate) is_production: bool,
}

impl ClerkPages<'_> {
    pub(crate) fn include(&self, referrer: &Url) -> bool {
        let authority = referrer.authority();
        if self.frontend_api == Some(authority) {
            return true;
        }
        // CTX-16: in production only the instance's own portal counts.
        if !self.is_production && clerk_core::is_dev_accounts_portal(referrer.host()) {
            return true;
        }
        self.accounts
            .is_some_and(|accounts| accounts.same_origin(referrer))
    }
}
