//! The behaviour in actix-web.

clerk_frameworks_tests::suite!(clerk_frameworks_tests::apps::actix::Actix);
