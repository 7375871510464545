//! Clerk's cookies among those of a request, found in one pass.

use clerk_core::CookieNames;
use clerk_core::constants::cookies;

use crate::request::{Cookies, RequestView};

/// The undecoded values of Clerk's cookies. A cookie with an empty value counts as absent.
#[derive(Default)]
pub(crate) struct ClerkCookies<'r> {
    pub(crate) session: Option<&'r [u8]>,
    pub(crate) session_suffixed: Option<&'r [u8]>,
    pub(crate) client_uat: Option<&'r [u8]>,
    pub(crate) client_uat_suffixed: Option<&'r [u8]>,
    pub(crate) dev_browser: Option<&'r [u8]>,
    pub(crate) dev_browser_suffixed: Option<&'r [u8]>,
    pub(crate) refresh_suffixed: Option<&'r [u8]>,
    pub(crate) handshake: Option<&'r [u8]>,
    pub(crate) handshake_nonce: Option<&'r [u8]>,
    pub(crate) redirect_count: Option<&'r [u8]>,
}

impl<'r> ClerkCookies<'r> {
    pub(crate) fn read(view: RequestView<'r>, names: &CookieNames) -> Self {
        let mut found = Self::default();
        // The first of a name counts, also if it is empty: an empty first one hides a second.
        let mut seen = [false; 10];
        Cookies::of(view).each(&mut |name, value| {
            // All of Clerk's cookies start like this, and few others do.
            if !name.starts_with(b"__") {
                return;
            }
            let slots: [(&str, &mut Option<&'r [u8]>); 10] = [
                (cookies::SESSION, &mut found.session),
                (names.session(), &mut found.session_suffixed),
                (cookies::CLIENT_UAT, &mut found.client_uat),
                (names.client_uat(), &mut found.client_uat_suffixed),
                (cookies::DEV_BROWSER, &mut found.dev_browser),
                (names.dev_browser(), &mut found.dev_browser_suffixed),
                (names.refresh(), &mut found.refresh_suffixed),
                (cookies::HANDSHAKE, &mut found.handshake),
                (cookies::HANDSHAKE_NONCE, &mut found.handshake_nonce),
                (cookies::REDIRECT_COUNT, &mut found.redirect_count),
            ];
            for ((slot_name, slot), seen) in slots.into_iter().zip(&mut seen) {
                if slot_name.as_bytes() == name {
                    if !*seen && !value.is_empty() {
                        *slot = Some(value);
                    }
                    *seen = true;
                    return;
                }
            }
        });
        found
    }
}
