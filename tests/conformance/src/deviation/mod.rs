//! The list of deliberate differences from the reference.
//!
//! An entry of `deviations.toml` selects vectors by what they are and states the outcome this workspace means; the
//! outcome is asserted. The first entry that selects a vector decides. See the head of that file for the format.

mod api_answers;
mod api_requests;
mod auth_objects;
mod description;
mod expectations;
mod filter;
mod keys;
mod list;
mod machine;
mod paths;
mod predicates;
mod redirects;
mod requests_sent;
mod tokens;
mod webhooks;

pub(crate) use auth_objects::{has_unusual_claims, session_object};
pub use filter::Condition;
pub use list::{Deviation, Deviations, Meant, Wanted};
