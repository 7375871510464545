//! The instances that requests are made for, and the places an application lives at.

use clerk_core::CookieNames;

use crate::differential::Choices;

/// An instance of Clerk's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance {
    pub(super) key: &'static str,
    pub(super) frontend_api: &'static str,
    pub(super) development: bool,
}

pub(super) const INSTANCES: &[Instance] = &[
    Instance {
        key: "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk",
        frontend_api: "foo-bar-13.clerk.accounts.dev",
        development: true,
    },
    Instance {
        key: "pk_live_Y2xlcmsuYWNtZS5leGFtcGxlLmNvbSQ",
        frontend_api: "clerk.acme.example.com",
        development: false,
    },
    Instance {
        key: "pk_test_Y2xlcmsuaW5zcGlyZWQucHVtYS03NC5sY2wuZGV2JA",
        frontend_api: "clerk.inspired.puma-74.lcl.dev",
        development: true,
    },
    Instance {
        key: "pk_test_aGFwcHktaGlwcG8tMS5jbGVyay5hY2NvdW50c3N0YWdlLmRldiQ",
        frontend_api: "happy-hippo-1.clerk.accountsstage.dev",
        development: true,
    },
    Instance {
        key: "pk_live_Y2xlcmsuc2hvcC5leGFtcGxlLm9yZyQ",
        frontend_api: "clerk.shop.example.org",
        development: false,
    },
    Instance {
        key: "pk_live_Y2xlcmsuaW5jbHVkZWQua2F0eWRpZC05Mi5sY2wuZGV2JA",
        frontend_api: "clerk.included.katydid-92.lcl.dev",
        development: false,
    },
];

impl Instance {
    pub(super) fn any(choices: &mut Choices) -> Self {
        // The first two are what most applications are like.
        match choices.chance(60) {
            true => INSTANCES[choices.below(2)],
            false => choices.one(INSTANCES),
        }
    }

    pub(super) fn issuer(self) -> String {
        format!("https://{}", self.frontend_api)
    }

    pub(super) fn names(self) -> CookieNames {
        CookieNames::for_key_text(self.key)
    }

    /// Where the application lives, most of the time where such an instance's do.
    pub(super) fn origin(self, choices: &mut Choices) -> &'static str {
        if choices.chance(85) {
            return if self.development {
                "http://localhost:3000"
            } else {
                "https://acme.example.com"
            };
        }
        choices.one(ORIGINS)
    }
}

pub(super) const ORIGINS: &[&str] = &[
    "http://localhost:3000",
    "https://acme.example.com",
    "https://shop.example.org:8443",
    "https://satellite.example.net",
    "https://www.acme.example.com",
    "http://127.0.0.1:5173",
    "https://preview-77.dev.example.com",
    "http://example.com",
    "https://xn--bcher-kva.example",
    "http://[::1]:3000",
    "https://myapp-abc123.vercel.app",
];
