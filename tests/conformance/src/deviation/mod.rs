//! The list of deliberate differences from the reference.
//!
//! An entry of `deviations.toml` selects vectors by what they are and states the outcome this workspace means; the
//! outcome is asserted. The first entry that selects a vector decides. See the head of that file for the format.

mod auth_objects;
mod expectations;
mod filter;
mod keys;
mod list;
mod machine;
mod paths;
mod predicates;
mod redirects;
mod tokens;
mod webhooks;

pub(crate) use auth_objects::{has_unusual_claims, session_object};
pub use filter::Condition;
pub use list::{Deviation, Deviations, Meant, Wanted};
