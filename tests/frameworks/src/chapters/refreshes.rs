//! Expired sessions that are renewed without a redirect.

use std::time::Duration;

use crate::App;
use crate::browser::Browser;
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
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
    browser.visit(&format!("/me?__clerk_db_jwt={token}"));
    // The browser library writes the cookies of this instance beside those without a suffix; with them comes a refresh cookie.
    let names = world.offline.publishable_key().cookie_names().clone();
    for (suffixed, plain) in [
        (names.session(), "__session"),
        (names.client_uat(), "__client_uat"),
        (names.dev_browser(), "__clerk_db_jwt"),
    ] {
        let value = browser.cookies[plain].clone();
        browser.cookies.insert(suffixed.to_owned(), value);
    }
    world.offline.clock().advance(Duration::from_secs(90));
    let answers = browser.visit("/public");
    assert_eq!(
        answers.last().map(|answer| answer.status),
        Some(200),
        "{answers:#?}"
    );
    let has_refresh = |browser: &Browser<'_>| {
        browser
            .cookies
            .keys()
            .any(|name| name.starts_with("__refresh_"))
    };
    assert!(has_refresh(&browser), "{:?}", browser.cookies.keys());

    let old = browser.cookies["__session"].clone();
    world.offline.clock().advance(Duration::from_secs(90));
    let answers = browser.visit("/public");
    let [renewed] = answers.as_slice() else {
        panic!("{}: {answers:#?}", A::NAME)
    };
    assert_eq!(renewed.status, 200, "{}: {renewed:#?}", A::NAME);
    assert!(renewed.body.contains(&eve.id), "{renewed:#?}");
    // The new cookies come with the handler's answer, beside those of the handler.
    let cookies = renewed.cookies();
    assert!(cookies.contains(&"app=1".to_owned()), "{cookies:?}");
    assert!(
        cookies
            .iter()
            .any(|cookie| cookie.starts_with("__session=ey")),
        "{cookies:?}"
    );
    assert_ne!(browser.cookies["__session"], old);
    assert!(
        world
            .offline
            .requests()
            .iter()
            .any(|request| request.path.ends_with("/refresh"))
    );

    // A guard's answer carries them too.
    world.offline.clock().advance(Duration::from_secs(90));
    let answers = browser.visit("/guards/role");
    assert_eq!(
        (answers.len(), answers[0].status),
        (1, 403),
        "{}: {answers:#?}",
        A::NAME
    );
    assert!(
        answers[0]
            .cookies()
            .iter()
            .any(|cookie| cookie.starts_with("__session=ey"))
    );

    // Without a refresh cookie a page is handed over to Clerk instead.
    browser
        .cookies
        .retain(|name, _| !name.starts_with("__refresh"));
    world.offline.clock().advance(Duration::from_secs(90));
    let answer = browser.request("/public").send(world.app);
    assert_eq!(answer.status, 307);
    assert_eq!(
        answer.value("x-clerk-auth-reason"),
        "session-token-expired-refresh-non-eligible-no-refresh-cookie"
    );
}
