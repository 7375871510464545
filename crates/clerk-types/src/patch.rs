//! A member of a change: left alone, cleared, or set.

use serde::{Serialize, Serializer};

use crate::SecretText;

/// What a change does to a member: leaves it alone, clears it (`null` on the wire), or sets it.
///
/// ```
/// use clerk_types::Patch;
///
/// assert!(Patch::<String>::default().is_omit());
/// assert_eq!(Patch::<String>::from(None), Patch::Null);
/// assert_eq!(Patch::<String>::from("ada"), Patch::Set("ada".to_owned()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The member is not sent: it stays as it is.
    #[default]
    Omit,
    /// `null` is sent: the member is cleared.
    Null,
    /// The value is sent.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the member is left alone.
    #[must_use]
    pub const fn is_omit(&self) -> bool {
        matches!(self, Self::Omit)
    }

    /// The value, where one is set.
    #[must_use]
    pub const fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Omit | Self::Null => None,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// None clears.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Set)
    }
}

impl From<&str> for Patch<String> {
    fn from(value: &str) -> Self {
        Self::Set(value.to_owned())
    }
}

impl From<&str> for Patch<SecretText> {
    fn from(value: &str) -> Self {
        Self::Set(SecretText::from(value))
    }
}

impl From<String> for Patch<SecretText> {
    fn from(value: String) -> Self {
        Self::Set(SecretText::from(value))
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // Structs leave it out; where that is not possible, null is the closest.
            Self::Omit | Self::Null => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}
