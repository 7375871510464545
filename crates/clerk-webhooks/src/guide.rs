//! Guides: whole tasks, from start to end.

#[doc = include_str!("../guides/sync_users.md")]
// The code is compiled and run by a package of its own, so that nobody else needs a database for it.
#[cfg_attr(
    not(doctest),
    doc = concat!("```rust,ignore\n", include_str!("../guides/sync_users.rs"), "```")
)]
pub mod sync_users {}
