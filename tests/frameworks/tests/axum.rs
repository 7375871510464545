//! The behaviour in axum.

clerk_frameworks_tests::suite!(clerk_frameworks_tests::apps::axum::Axum);
