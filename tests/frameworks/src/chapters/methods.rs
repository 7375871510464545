//! Methods other than `GET`.

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let admin = world.admin();
    let ada = world.ada.id.clone();
    let signed_out = |method, route: &str| {
        Request::new(method, route).header("cookie", "__clerk_db_jwt=dvb_offline")
    };
    let cases = [
        Case::new("HEAD, everybody", Request::new("HEAD", "/public"), 200)
            .body("")
            .is("x-clerk-auth-status", "signed-out"),
        Case::new(
            "HEAD, user",
            Request::new("HEAD", "/me").bearer(&admin),
            200,
        )
        .body(""),
        Case::new("HEAD, nobody", Request::new("HEAD", "/me"), 401)
            .body("")
            .is("www-authenticate", "Bearer"),
        Case::new(
            "HEAD, nobody, guard",
            Request::new("HEAD", "/guards/role"),
            401,
        )
        .body(""),
        Case::new(
            "OPTIONS, everybody",
            Request::new("OPTIONS", "/public")
                .header("origin", "https://other.example")
                .header("access-control-request-method", "POST"),
            204,
        )
        .is("allow", "GET, POST"),
        Case::new(
            "OPTIONS, page headers",
            signed_out("OPTIONS", "/public").page(),
            204,
        ),
        Case::new("POST, everybody", Request::post("/public", "a=1"), 200).body(r#""user":null"#),
        Case::new(
            "POST, user",
            Request::post("/me", "a=1").bearer(&admin),
            200,
        )
        .body(&ada),
        Case::new("POST, nobody", Request::post("/me", "a=1"), 401),
        Case::new(
            "POST of a page is not handed over to Clerk",
            Request::post("/public", "a=1").page(),
            200,
        ),
        // What was posted is not posted to the sign-in page.
        Case::new(
            "POST, nobody, page",
            Request::post("/me", "a=1")
                .page()
                .header("cookie", "__clerk_db_jwt=dvb_offline"),
            303,
        )
        .starts("location", "http"),
        Case::new(
            "a method that the route does not have",
            Request::new("DELETE", "/me").bearer(&admin),
            A::UNKNOWN_METHOD,
        ),
    ];
    table(A::NAME, world.app, &cases);
}
