//! The behaviour in Poem.

clerk_frameworks_tests::suite!(clerk_frameworks_tests::apps::poem::Poem);
