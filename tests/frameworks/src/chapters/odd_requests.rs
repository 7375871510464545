//! Requests that no browser makes.

use crate::App;
use crate::client::{Request, connect};
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let admin = world.admin();
    let user = format!("\"user\":\"{}\"", world.ada.id);
    let nobody = r#""user":null"#;
    let cookies = world
        .offline
        .session(&world.ada)
        .org(&world.acme)
        .cookies(crate::world::ORIGIN);
    let public = || Request::get("/public");
    let long = |bytes: usize| "a".repeat(bytes);
    let cases = [
        // Another scheme in front of the application is none of Clerk's business: the cookies count.
        Case::new(
            "Basic and cookies",
            public()
                .header("authorization", "Basic dXNlcjpwYXNz")
                .header("cookie", &cookies),
            200,
        )
        .body(&user),
        Case::new(
            "Basic alone",
            public().header("authorization", "Basic dXNlcjpwYXNz"),
            200,
        )
        .body(nobody),
        Case::new(
            "Digest and cookies",
            public()
                .header("authorization", "Digest username=\"x\"")
                .header("cookie", &cookies),
            200,
        )
        .body(&user),
        Case::new(
            "a scheme in any case",
            public().header("authorization", format!("bEaReR {admin}")),
            200,
        )
        .body(&user),
        Case::new(
            "an empty token and cookies",
            public()
                .header("authorization", "Bearer ")
                .header("cookie", &cookies),
            200,
        )
        .body(&user),
        Case::new(
            "non-ASCII authorization",
            public().header("authorization", b"Bearer \xff\xfe\x80"),
            200,
        )
        .body(nobody),
        Case::new(
            "UTF-8 authorization",
            public().header("authorization", "Bearer caf\u{e9}"),
            200,
        )
        .body(nobody),
        Case::new(
            "non-ASCII cookies",
            public().header("cookie", b"__session=\xff; __client_uat=\xc3\x28; x=\x80"),
            200,
        )
        .body(nobody),
        Case::new(
            "non-ASCII beside good cookies",
            public().header(
                "cookie",
                [b"x=\xff\xfe; ".as_slice(), cookies.as_bytes()].concat(),
            ),
            200,
        )
        .body(if A::SEES_BYTES { user.as_str() } else { nobody }),
        Case::new(
            "non-ASCII everywhere",
            public()
                .header("accept", b"\xff")
                .header("referer", b"http://\xff/")
                .header("sec-fetch-dest", b"\x80")
                .header("x-forwarded-host", b"\xff")
                .header("x-forwarded-proto", b"\xfe")
                .header("user-agent", b"\xfd")
                .header("origin", b"\xfc"),
            200,
        )
        .body(nobody),
        Case::new(
            "non-ASCII at a guard",
            Request::get("/guards/role")
                .header("authorization", b"Bearer \xff")
                .header("accept", b"text/plain\xff"),
            401,
        ),
        Case::new("a token of 40 kB", public().bearer(&long(40_000)), 200).body(nobody),
        Case::new(
            "a cookie of 40 kB",
            public().header("cookie", format!("__session={}", long(40_000))),
            200,
        )
        .body(nobody),
        Case::new(
            "an unknown machine token that is too long",
            Request::get("/machine").bearer(&format!("ak_{}", long(2000))),
            401,
        ),
        Case::new("a host that is none", public().host(Some(b"a b")), 400).body(""),
        Case::new(
            "a host with a user",
            public().host(Some(b"user:pass@localhost")),
            400,
        )
        .body(""),
        Case::new(
            "a path of slashes is a path",
            Request::get("//evil.example/public").bearer(&admin),
            404,
        ),
        Case::new(
            "a forwarded host that is none",
            public().header("x-forwarded-host", "a b, c"),
            200,
        ),
        Case::new("two tokens", public().bearer(&admin).bearer("x.y.z"), 200).body(nobody),
    ];
    table(A::NAME, world.app, &cases);

    // A megabyte of headers is refused somewhere, and the application goes on.
    use std::io::{Read, Write};
    let mut stream = connect(world.app);
    let _ = stream.write_all(
        &public()
            .header("authorization", format!("Bearer {}", long(1_000_000)))
            .bytes("close"),
    );
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let status = crate::client::Answer::read(&answer, false).status;
    assert!(status < 500, "{}: {status}", A::NAME);
    table(
        A::NAME,
        world.app,
        &[Case::new("afterwards", public().bearer(&admin), 200).body(&user)],
    );
}
