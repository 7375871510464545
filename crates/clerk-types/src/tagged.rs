//! Writing a model together with its `object` member.

use serde::{Serialize, Serializer, ser::Error};
use serde_json::Value;

/// Writes the members of `value` and the tag.
pub(crate) fn serialize<S: Serializer, T: Serialize>(
    serializer: S,
    object: &str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(map) = &mut value {
        map.insert("object".to_owned(), Value::from(object));
    }
    value.serialize(serializer)
}
