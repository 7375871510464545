//! Clerk's query parameters among those of a request.

use std::borrow::Cow;

use clerk_core::constants::query;
use clerk_core::url::form;

/// The decoded values of Clerk's query parameters; the first of a name counts.
#[derive(Default)]
pub(crate) struct ClerkQuery<'r> {
    pub(crate) dev_browser: Option<Cow<'r, str>>,
    pub(crate) handshake: Option<Cow<'r, str>>,
    pub(crate) handshake_nonce: Option<Cow<'r, str>>,
    pub(crate) synced: Option<Cow<'r, str>>,
    pub(crate) redirect_url: Option<Cow<'r, str>>,
}

impl<'r> ClerkQuery<'r> {
    pub(crate) fn read(raw: Option<&'r str>) -> Self {
        let mut found = Self::default();
        // A fragment ends the query.
        let raw = raw.map_or("", |raw| raw.split('#').next().unwrap_or_default());
        // All of them start with two underscores, plain or encoded.
        if !raw.contains("__") && !raw.contains('%') {
            return found;
        }
        for (name, value) in form::pairs(raw) {
            let slot = match &*name {
                query::DEV_BROWSER => &mut found.dev_browser,
                query::HANDSHAKE => &mut found.handshake,
                query::HANDSHAKE_NONCE => &mut found.handshake_nonce,
                query::SYNCED => &mut found.synced,
                query::CLERK_REDIRECT_URL => &mut found.redirect_url,
                _ => continue,
            };
            slot.get_or_insert(value);
        }
        found
    }
}
