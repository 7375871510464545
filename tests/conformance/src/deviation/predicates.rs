//! Selections that conditions cannot say, by name.

use super::auth_objects;
use crate::vector::Vector;

/// A property of a vector.
pub(crate) type Predicate = fn(&Vector) -> bool;

/// The predicates that `where` in an entry can name.
pub(crate) const PREDICATES: &[(&str, Predicate)] = &[(
    "a claim has the wrong type",
    auth_objects::has_mistyped_claim,
)];

pub(crate) fn named(name: &str) -> Option<Predicate> {
    let mut predicates = PREDICATES.iter();
    predicates
        .find(|(have, _)| *have == name)
        .map(|(_, predicate)| *predicate)
}
