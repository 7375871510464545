//! Clerk out of reach.

use clerk_testing::server::Fault;

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let (admin, key) = (world.admin(), world.api_key(&["reports:read"]));
    world.offline.inject("/", Fault::Status(503), None);
    let unavailable = |name: &str, route: &str, token: &str| {
        Case::new(
            format!("{route}, {name}"),
            Request::get(route).bearer(token),
            503,
        )
        .body("unavailable")
        .is("content-type", "application/json")
        .starts("retry-after", "")
        .absent("location")
    };
    let mut cases = Vec::new();
    for route in [
        "/me",
        "/optional",
        "/claims",
        "/policy",
        "/guards/role",
        "/guards/hidden",
        "/guards/elsewhere",
    ] {
        cases.push(unavailable("user", route, &admin));
    }
    for route in [
        "/machine",
        "/guards/scope",
        "/guards/api-key",
        "/guards/either",
    ] {
        cases.push(unavailable("machine", route, &key));
    }
    cases.extend([
        // What serves everybody goes on, and knows that it does not know.
        Case::new("public", Request::get("/public").bearer(&admin), 200)
            .is("x-clerk-auth-status", "unavailable"),
        Case::new("anonymous", Request::get("/public"), 200),
        Case::new("nobody is nobody", Request::get("/me"), 401),
        // A kind that is refused anyway is refused without Clerk.
        Case::new(
            "an API key where users are wanted",
            Request::get("/me").bearer(&key),
            401,
        ),
        Case::new(
            "an M2M token of no instance",
            Request::get("/me").bearer("mt_0123456789"),
            401,
        ),
        Case::new("page", Request::get("/me").bearer(&admin).page(), 503)
            .is("content-type", "text/html; charset=utf-8")
            .starts("retry-after", ""),
    ]);
    table(A::NAME, world.app, &cases);
    world.offline.clear_faults();
    world
        .offline
        .clock()
        .advance(std::time::Duration::from_secs(31));
    let healed = Request::get("/me").bearer(&world.admin());
    table(A::NAME, world.app, &[Case::new("afterwards", healed, 200)]);

    // A rate limit is an outage too, and says when to come back.
    world.offline.inject("/api_keys", Fault::Status(429), None);
    let limited = Request::get("/machine").bearer(&key);
    let case = Case::new("rate limit", limited, 503).is("retry-after", "1");
    table(A::NAME, world.app, &[case]);
}
