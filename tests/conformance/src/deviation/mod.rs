//! The list of deliberate differences from the reference.
//!
//! An entry of `deviations.toml` selects vectors by what they are and states the outcome this workspace means; the
//! outcome is asserted. The first entry that selects a vector decides. See the head of that file for the format.

mod answers;
mod auth_objects;
mod credentials;
mod expectations;
mod filter;
mod handshakes;
mod keys;
mod list;
mod machine;
mod paths;
mod predicates;
mod redirects;
mod requests;
mod states;
mod tokens;
mod webhooks;

pub use filter::Condition;
pub use list::{Deviation, Deviations, Wanted};
