//! Custom claims.

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let get = |token: &str| Request::get("/claims").bearer(token);
    let good = world.token().claim("department", "tea").mint();
    let wrong = world.token().claim("department", 7).mint();
    let missing = world.token().mint();
    let broken = |name: &str, token: &str| {
        Case::new(name.to_owned(), get(token), 500)
            .is("content-type", "application/json")
            .body("internal_error")
    };
    table(
        A::NAME,
        world.app,
        &[
            Case::new("claims of the form", get(&good), 200).body("tea"),
            broken("a claim of another type", &wrong),
            broken("a missing claim", &missing),
            Case::new("broken, page", get(&missing).page(), 500)
                .is("content-type", "text/html; charset=utf-8"),
            Case::new("nobody", get(""), 401),
            Case::new("an API key", get(&world.api_key(&[])), 401),
            Case::new(
                "other routes go on",
                Request::get("/me").bearer(&missing),
                200,
            )
            .body("user_minted"),
        ],
    );
}
