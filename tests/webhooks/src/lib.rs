#![forbid(unsafe_code)]
//! The code of the guides of `clerk-webhooks`, compiled as it is shown there.

#[path = "../../../crates/clerk-webhooks/guides/sync_users.rs"]
pub mod sync_users;
