//! The behaviour in tower.

clerk_frameworks_tests::suite!(clerk_frameworks_tests::apps::tower::Tower);
