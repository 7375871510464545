//! Metadata: JSON objects of your own.

use std::{fmt, sync::OnceLock};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _,
};
use serde_json::{Map, Value, value::RawValue};

/// A JSON object of your own: public, private or unsafe metadata.
///
/// The text Clerk sent is kept, with the order of its keys, and read when you ask for something.
///
/// ```
/// use clerk_types::Metadata;
/// use serde_json::json;
///
/// let metadata = Metadata::from_value(&json!({"plan": "pro", "seats": 3})).unwrap();
/// assert_eq!(metadata.get("plan"), Some(&json!("pro")));
/// assert_eq!(metadata.get_as::<u32>("seats").unwrap(), Some(3));
///
/// let metadata = metadata.with("plan", "free");
/// assert_eq!(metadata.get("plan"), Some(&json!("free")));
/// ```
#[derive(Clone)]
pub struct Metadata {
    raw: Box<RawValue>,
    map: OnceLock<Map<String, Value>>,
}

impl Metadata {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over a value that is written as a JSON object: a map, a struct, or `json!({..})`.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON, or is not an object.
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        Self::from_raw(serde_json::value::to_raw_value(value)?)
    }

    fn from_raw(raw: Box<RawValue>) -> Result<Self, serde_json::Error> {
        if raw.get().starts_with('{') {
            Ok(Self {
                raw,
                map: OnceLock::new(),
            })
        } else {
            Err(serde_json::Error::custom("metadata is a JSON object"))
        }
    }

    /// The JSON text, as Clerk sent it.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.raw.get()
    }

    /// The members, sorted by key.
    #[must_use]
    pub fn as_map(&self) -> &Map<String, Value> {
        // The text was an object when it was read; nothing can be missing here.
        self.map
            .get_or_init(|| serde_json::from_str(self.raw.get()).unwrap_or_default())
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_map().is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().get(key)
    }

    /// The value of a key, as a type of yours; none where the key is missing or null.
    ///
    /// # Errors
    ///
    /// The value is of another shape.
    pub fn get_as<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, serde_json::Error> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => Option::<T>::deserialize(value),
        }
    }

    /// All of it, as a type of yours.
    ///
    /// # Errors
    ///
    /// The object is of another shape.
    pub fn to_type<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.raw.get())
    }

    /// The same with one key set. Keys are sorted afterwards.
    #[must_use]
    pub fn with(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut map = self.as_map().clone();
        map.insert(key.into(), value.into());
        Self::from(map)
    }
}

impl Default for Metadata {
    fn default() -> Self {
        Self::from(Map::new())
    }
}

impl From<Map<String, Value>> for Metadata {
    fn from(map: Map<String, Value>) -> Self {
        // A map of JSON values can always be written; if not, nothing is claimed about it.
        let raw =
            serde_json::value::to_raw_value(&map).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self {
            raw,
            map: OnceLock::from(map),
        }
    }
}

impl PartialEq for Metadata {
    /// Equal members, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.raw.get() == other.raw.get() || self.as_map() == other.as_map()
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw.get())
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_raw(Box::<RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // covers: RES-93
    #[test]
    fn order_and_case_are_kept() {
        let text = r#"{"b":{"Z":1,"a":2},"A":[1.50,null]}"#;
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        assert_eq!(metadata.as_json(), text);
        assert_eq!(serde_json::to_string(&metadata).unwrap(), text);
        assert_eq!(metadata.get("b"), Some(&json!({"Z": 1, "a": 2})));
        assert_eq!(
            serde_json::to_value(&metadata).unwrap(),
            json!({"b": {"Z": 1, "a": 2}, "A": [1.5, null]})
        );
        assert_eq!(
            serde_json::from_value::<Metadata>(json!({"x": 1}))
                .unwrap()
                .get("x"),
            Some(&json!(1))
        );
    }

    #[test]
    fn only_objects() {
        for text in ["[]", "1", "\"a\"", "null", "{"] {
            assert!(serde_json::from_str::<Metadata>(text).is_err(), "{text}");
        }
        assert!(Metadata::from_value(&3).is_err());
        assert_eq!(Metadata::new().as_json(), "{}");
    }

    #[test]
    fn typed_access() {
        let metadata = Metadata::from_value(&json!({"n": 1, "s": "x", "z": null})).unwrap();
        assert_eq!(metadata.get_as::<i32>("n").unwrap(), Some(1));
        assert_eq!(metadata.get_as::<i32>("z").unwrap(), None);
        assert_eq!(metadata.get_as::<i32>("missing").unwrap(), None);
        assert!(metadata.get_as::<i32>("s").is_err());
    }
}
