//! Browsers that are handed over to Clerk and come back.

use crate::App;
use crate::browser::Browser;
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let frontend = world.offline.frontend_url();

    // A first visit: over to Clerk, back with the answer, on to the clean URL, and then signed out.
    let mut browser = Browser::new(&world);
    let answers = browser.visit("/public?a=1");
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [307, 307, 307, 200], "{}: {answers:#?}", A::NAME);
    let first = &answers[0];
    let handshake = format!("{frontend}/v1/client/handshake?");
    assert!(first.value("location").starts_with(&handshake), "{first:?}");
    assert_eq!(first.value("x-clerk-auth-status"), "handshake");
    assert_eq!(first.value("x-clerk-auth-reason"), "dev-browser-missing");
    assert_eq!(first.value("cache-control"), "no-store");
    assert_eq!(first.body, "");
    // The application's own cookie is missing: the handler was not called.
    assert!(!first.cookies().contains(&"app=1".to_owned()), "{first:?}");
    let back = &answers[2];
    assert_eq!(back.value("location"), "http://localhost:3000/public?a=1");
    assert!(back.values("set-cookie").len() >= 2, "{back:?}");
    assert!(browser.cookies.contains_key("__clerk_db_jwt"));
    assert!(answers[3].body.contains(r#""user":null"#));
    assert_eq!(answers[3].value("x-clerk-auth-status"), "signed-out");

    // Back from the sign-in page: signed in, in the same way.
    let password = "correct-horse-battery";
    let eve = world.block_on(async {
        world
            .offline
            .create_user("eve@example.com")
            .password(password)
            .await
    });
    let mut browser = Browser::new(&world);
    let token = browser.sign_in("eve@example.com", password);
    let answers = browser.visit(&format!("/me?__clerk_db_jwt={token}"));
    let last = answers.last().expect("an answer");
    assert_eq!(
        (last.status, last.body.as_str()),
        (200, eve.id.as_str()),
        "{}: {answers:#?}",
        A::NAME
    );
    assert!(answers.len() >= 3, "{answers:#?}");
    // The next visit takes no detour.
    let again = browser.visit("/me");
    assert_eq!((again.len(), again[0].status), (1, 200));
    // What code asks for is never redirected.
    let code = crate::client::Request::get("/me")
        .header("accept", "application/json")
        .send(world.app);
    assert_eq!((code.status, code.value("location")), (401, String::new()));
}
