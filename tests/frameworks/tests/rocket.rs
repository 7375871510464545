//! The behaviour in Rocket.

clerk_frameworks_tests::suite!(clerk_frameworks_tests::apps::rocket::Rocket);
