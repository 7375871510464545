//! Who is whom: every kind of caller at every extractor.

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let key = world.api_key(&["reports:read"]);
    let pending = world.offline.session(&world.ada).pending().token();
    let (admin, forged, m2m, oauth) = (world.admin(), world.forged(), world.m2m(), world.oauth());
    let user = |id: &str| format!("{{\"kind\":\"session_token\",\"user\":\"{id}\"}}");
    let nobody = r#"{"kind":null,"user":null}"#;
    let ada = world.ada.id.clone();

    let public = |name: &str, token: &str, body: String| {
        Case::new(
            format!("public, {name}"),
            Request::get("/public").bearer(token),
            200,
        )
        .body(body)
    };
    let mut cases = vec![
        public("anonymous", "", nobody.into()).is("x-clerk-auth-status", "signed-out"),
        public("admin", &admin, user(&ada)).absent("x-clerk-auth-status"),
        public("forged", &forged, nobody.into())
            .is("x-clerk-auth-reason", "token-invalid-signature"),
        public("garbage", "not.a.token", nobody.into()).is("x-clerk-auth-status", "signed-out"),
        public("pending", &pending, nobody.into()),
        public(
            "API key",
            &key,
            format!("{{\"kind\":\"api_key\",\"user\":\"{ada}\"}}"),
        ),
        public("unknown API key", "ak_0123456789abcdef", nobody.into()),
        public(
            "M2M token",
            &m2m,
            r#"{"kind":"m2m_token","user":null}"#.into(),
        ),
        public(
            "OAuth token",
            &oauth,
            r#"{"kind":"oauth_token","user":"user_oauth"}"#.into(),
        ),
    ];
    let origin = crate::world::ORIGIN;
    let cookies = world
        .offline
        .session(&world.ada)
        .org(&world.acme)
        .cookies(origin);
    cases.push(
        Case::new(
            "public, cookies",
            Request::get("/public").header("cookie", &cookies),
            200,
        )
        .body(user(&ada)),
    );
    cases.push(
        Case::new(
            "public, cookies of a page",
            Request::get("/public").page().header("cookie", &cookies),
            200,
        )
        .body(user(&ada)),
    );

    for (route, name, token, status, body) in [
        ("/me", "anonymous", "", 401, "unauthenticated"),
        ("/me", "admin", &*admin, 200, &*ada),
        ("/me", "forged", &forged, 401, "unauthenticated"),
        ("/me", "pending", &pending, 401, "unauthenticated"),
        ("/me", "API key", &key, 401, ""),
        ("/me", "M2M token", &m2m, 401, ""),
        ("/me", "OAuth token", &oauth, 401, ""),
        ("/optional", "anonymous", "", 200, "nobody"),
        ("/optional", "admin", &admin, 200, &ada),
        ("/optional", "forged", &forged, 200, "nobody"),
        ("/optional", "API key", &key, 200, "nobody"),
        ("/machine", "anonymous", "", 401, ""),
        ("/machine", "admin", &admin, 401, ""),
        ("/machine", "API key", &key, 200, &ada),
        (
            "/machine",
            "unknown API key",
            "ak_0123456789abcdef",
            401,
            "",
        ),
        ("/machine", "M2M token", &m2m, 200, "mch_1"),
        ("/machine", "OAuth token", &oauth, 200, "user_oauth"),
        ("/policy", "anonymous", "", 401, "unauthenticated"),
        ("/policy", "admin", &admin, 200, &ada),
        ("/policy", "member", &world.member(), 403, "unauthorized"),
        ("/policy", "API key", &key, 403, "unauthorized"),
    ] {
        cases.push(
            Case::new(
                format!("{route}, {name}"),
                Request::get(route).bearer(token),
                status,
            )
            .body(body),
        );
    }
    table(A::NAME, world.app, &cases);
}
