//! Path patterns: which organization a page belongs to, and which routes are meant.

mod compile;
mod normalize;
mod organization;
mod pattern;
mod route_matcher;
#[cfg(test)]
mod tests;

pub use compile::{ParameterValue, PathMatch, PathPatterns};
pub use normalize::{MalformedPath, normalize_path};
pub use organization::{OrganizationSync, OrganizationTarget};
pub use route_matcher::{Match, RouteMatcher};
