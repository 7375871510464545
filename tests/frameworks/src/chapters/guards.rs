//! Guards on routes: every kind of caller at every guard.

use std::time::Duration;

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let (good, bad) = (world.api_key(&["reports:read"]), world.api_key(&[]));
    let pending = world
        .offline
        .session(&world.ada)
        .org(&world.acme)
        .pending()
        .token();
    let blocked = world.token().claim("sub", "user_blocked").mint();
    let callers = [
        String::new(),
        world.admin(),
        world.member(),
        pending,
        good,
        bad,
        world.m2m(),
        world.oauth(),
        blocked,
    ];
    let names = [
        "nobody",
        "admin",
        "member",
        "pending",
        "key with scope",
        "key without",
        "M2M",
        "OAuth",
        "blocked",
    ];
    let expected = [
        ("role", [401, 200, 403, 401, 403, 403, 403, 403, 200]),
        ("permission", [401, 200, 403, 401, 403, 403, 403, 403, 403]),
        ("feature", [401, 200, 200, 401, 403, 403, 403, 403, 403]),
        ("plan", [401, 200, 200, 401, 403, 403, 403, 403, 403]),
        ("fresh", [401, 200, 200, 401, 403, 403, 403, 403, 200]),
        ("scope", [401, 401, 401, 401, 200, 403, 403, 200, 401]),
        ("api-key", [401, 401, 401, 401, 200, 200, 401, 401, 401]),
        ("either", [401, 200, 403, 401, 200, 403, 403, 403, 200]),
        ("any", [401, 200, 403, 401, 403, 403, 403, 403, 200]),
        ("pending", [401, 200, 200, 200, 401, 401, 401, 401, 200]),
        ("hidden", [404, 200, 404, 404, 404, 404, 404, 404, 200]),
        ("elsewhere", [307, 200, 307, 307, 403, 403, 403, 403, 200]),
        ("predicate", [401, 200, 200, 401, 401, 401, 401, 401, 403]),
    ];
    let mut cases = Vec::new();
    for (route, statuses) in expected {
        for ((name, token), status) in names.iter().zip(&callers).zip(statuses) {
            let request = Request::get(format!("/guards/{route}")).bearer(token);
            let case = Case::new(format!("{route}, {name}"), request, status);
            cases.push(match status {
                200 => case.body("ok"),
                _ => case,
            });
        }
    }
    table(A::NAME, world.app, &cases);

    // A verification grows old with the session.
    let session = world.offline.session(&world.ada).org(&world.acme);
    world.offline.clock().advance(Duration::from_secs(10 * 60));
    let stale = Request::get("/guards/fresh").bearer(&session.token());
    let hint = r#""reason":"reverification-error""#;
    let level = r#""reverification":{"afterMinutes":5,"level":"first_factor"}"#;
    table(
        A::NAME,
        world.app,
        &[
            Case::new("an old verification", stale.clone(), 403)
                .body(hint)
                .is("content-type", "application/json"),
            Case::new("what is asked for", stale.clone(), 403).body(level),
            Case::new("an old verification, page", stale.page(), 403)
                .is("content-type", "text/html; charset=utf-8"),
        ],
    );
}
