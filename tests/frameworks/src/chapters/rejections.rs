//! What those who are turned away get: JSON or HTML, challenges, redirects.

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let (json, html) = ("application/json", "text/html; charset=utf-8");
    // A browser that has been through the handshake, and is signed out.
    let signed_out =
        |route: &str| Request::get(route).header("cookie", "__clerk_db_jwt=dvb_offline");
    let accounts = world
        .offline
        .publishable_key()
        .frontend_api()
        .accounts_base_url()
        .to_owned();
    let sign_in = format!(
        "{accounts}/sign-in?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fme%3Fa%3D1&__clerk_db_jwt=dvb_offline"
    );
    let member = world.member();
    let resource = format!(
        "Bearer resource_metadata=\"https://{}/.well-known/oauth-protected-resource\"",
        world.offline.publishable_key().frontend_api().host()
    );
    let mut cases = vec![
        Case::new("nobody, code", Request::get("/me"), 401)
            .is("content-type", json)
            .is("www-authenticate", "Bearer")
            .is("cache-control", "no-store")
            .is("x-clerk-auth-status", "signed-out")
            .body("You have to sign in first."),
        Case::new(
            "nobody, code that says what it takes",
            Request::get("/me").header("accept", json),
            401,
        )
        .is("content-type", json),
        Case::new(
            "a bad token",
            Request::get("/me").bearer(&world.forged()),
            401,
        )
        .is("www-authenticate", "Bearer error=\"invalid_token\""),
        Case::new("nobody, page", signed_out("/me?a=1").page(), 307)
            .is("location", &sign_in)
            .is("cache-control", "no-store")
            .absent("content-type")
            .body(""),
        Case::new(
            "nobody, frame",
            signed_out("/me?a=1").header("sec-fetch-dest", "iframe"),
            307,
        )
        .is("location", &sign_in),
        Case::new("nobody, guard", signed_out("/guards/role").page(), 307)
            .starts("location", format!("{accounts}/sign-in?")),
        Case::new("nobody, policy", signed_out("/policy").page(), 307)
            .starts("location", format!("{accounts}/sign-in?")),
        Case::new(
            "a machine is wanted, page",
            signed_out("/guards/api-key").page(),
            401,
        )
        .body("")
        .is("www-authenticate", "Bearer"),
        Case::new(
            "a machine of any kind is wanted",
            Request::get("/machine"),
            401,
        )
        .body("")
        .is("www-authenticate", &resource),
        Case::new(
            "a scope is missing",
            Request::get("/guards/scope").bearer(&world.api_key(&[])),
            403,
        )
        .is(
            "www-authenticate",
            "Bearer error=\"insufficient_scope\", scope=\"reports:read\"",
        ),
        Case::new(
            "member, guard",
            Request::get("/guards/role").bearer(&member),
            403,
        )
        .is("content-type", json)
        .body("unauthorized"),
        Case::new(
            "member, policy",
            Request::get("/policy").bearer(&member),
            403,
        )
        .is("content-type", json)
        .body("unauthorized"),
        Case::new(
            "member, page",
            Request::get("/guards/role").bearer(&member).page(),
            403,
        )
        .is("content-type", html)
        .body("<h1>Forbidden</h1>"),
        Case::new(
            "hidden",
            Request::get("/guards/hidden").bearer(&member),
            404,
        )
        .is("content-type", json),
        Case::new("hidden, page", signed_out("/guards/hidden").page(), 404)
            .is("content-type", html)
            .absent("location"),
        Case::new("elsewhere, nobody", Request::get("/guards/elsewhere"), 307)
            .is("location", "/welcome"),
        Case::new(
            "elsewhere, member",
            Request::get("/guards/elsewhere").bearer(&member),
            307,
        )
        .is("location", "/upgrade"),
    ];
    // Headers that claim what only a token can.
    let claims = Request::get("/me")
        .header("x-clerk-auth-status", "signed-in")
        .header("x-clerk-auth-token", world.admin())
        .header("x-clerk-auth-signature", "00")
        .header("x-clerk-user-id", world.ada.id.clone());
    cases.push(Case::new("copies of internal headers", claims, 401));
    table(A::NAME, world.app, &cases);
}
