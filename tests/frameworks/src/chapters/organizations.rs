//! Pages that belong to an organization.

use std::sync::Arc;

use clerk_internal::path::OrganizationSync;

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::{ORIGIN, World};

/// Runs the chapter.
pub fn run<A: App>() {
    let sync = OrganizationSync::new(["/orgs/:slug"], ["/me"]).expect("patterns");
    let world = World::builder()
        .clerk(|clerk| clerk.options(|options| options.organization_sync(Some(Arc::new(sync)))))
        .start::<A>();
    let acme = world
        .offline
        .session(&world.ada)
        .org(&world.acme)
        .cookies(ORIGIN);
    let page = |path: String| Request::get(path).page().header("cookie", &acme);
    let to = |slug: &str| format!("/orgs/{slug}");
    table(
        A::NAME,
        world.app,
        &[
            Case::new("the active organization", page(to(&world.acme.slug)), 200)
                .body(&world.acme.id),
            Case::new("another organization", page(to(&world.beta.slug)), 307)
                .is("x-clerk-auth-reason", "active-organization-mismatch")
                .starts(
                    "location",
                    format!("{}/v1/client/handshake?", world.offline.frontend_url()),
                ),
            Case::new("the personal account", page("/me".to_owned()), 307)
                .is("x-clerk-auth-reason", "active-organization-mismatch"),
            Case::new(
                "no page",
                Request::get(to(&world.beta.slug)).header("cookie", &acme),
                200,
            )
            .body(&world.acme.id),
            Case::new("a path of no organization", page("/public".to_owned()), 200),
        ],
    );
    let target = page(to(&world.beta.slug)).send(world.app).value("location");
    assert!(
        target.contains(&format!("organization_id={}", world.beta.slug)),
        "{}: {target}",
        A::NAME
    );
}
