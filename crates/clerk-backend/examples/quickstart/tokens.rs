//! The tokens that are shown.

use std::time::Duration;

use clerk_testing::mint::{
    M2mTokenBuilder, SessionTokenBuilder, TemplateTokenBuilder, TestKey, TestOrg,
};

/// The key that the application knows.
pub(super) fn public_pem() -> &'static str {
    TestKey::FIRST.public_pem()
}

/// Tokens by what is special about them.
pub(super) fn mint() -> Vec<(&'static str, String)> {
    let session = || {
        let acme = TestOrg::new("org_acme")
            .role("org:admin")
            .permissions(["org:reports:read"]);
        SessionTokenBuilder::new("user_ada")
            .authorized_party(super::APP)
            .org(acme)
    };
    let long_ago = session()
        .claim("iat", 1_700_000_000)
        .claim("exp", 1_700_000_060);
    vec![
        ("session", session().mint()),
        ("expired", long_ago.mint()),
        (
            "foreign party",
            session()
                .authorized_party("https://evil.example.com")
                .mint(),
        ),
        ("wrong key", session().key(TestKey::SECOND).mint()),
        (
            "M2M",
            M2mTokenBuilder::new("mch_worker")
                .lifetime(Duration::from_secs(3600))
                .mint(),
        ),
        ("template", TemplateTokenBuilder::new("user_ada").mint()),
    ]
}
