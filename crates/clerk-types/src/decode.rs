//! How lenient reading is: null for lists, floats for integers, and never a value that was not meant.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// The largest magnitude up to which a float stands for exactly one integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a text without keeping it.
pub(crate) fn text<'de, D, T, F>(deserializer: D, make: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(&str) -> T,
{
    struct Text<T, F>(F, PhantomData<T>);

    impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Text<T, F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    deserializer.deserialize_str(Text(make, PhantomData))
}

/// A value that is the empty one when it is null.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// An integer, also one that is written as a float (`1e3`, `7.0`); a fraction is cut off.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_i64(Integer)
}

/// The same, or null.
#[allow(dead_code, reason = "not every group of the API has optional integers")]
pub(crate) fn optional_integer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_option(Optional)
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked, the fraction is cut off on purpose"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        if value.abs() <= EXACT {
            Ok(value as i64)
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }
}

#[allow(dead_code, reason = "not every group of the API has optional integers")]
struct Optional;

impl<'de> Visitor<'de> for Optional {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        integer(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Holder {
        #[serde(deserialize_with = "super::integer")]
        count: i64,
        #[serde(default, deserialize_with = "super::optional_integer")]
        limit: Option<i64>,
        #[serde(default, deserialize_with = "super::or_default")]
        names: Vec<String>,
    }

    // covers: RES-90, RES-91
    #[test]
    fn lenient_where_nothing_is_lost() {
        for (json, expected) in [
            (r#"{"count":1}"#, Some((1, None, 0))),
            (
                r#"{"count":1.0,"limit":2e3,"names":null,"more":{}}"#,
                Some((1, Some(2000), 0)),
            ),
            (
                r#"{"count":-9007199254740991,"limit":null,"names":["a"]}"#,
                Some((-9_007_199_254_740_991, None, 1)),
            ),
            (r#"{"count":12.9}"#, Some((12, None, 0))),
            (r#"{"count":1e300}"#, None),
            (r#"{"count":18446744073709551615}"#, None),
            (r#"{"count":"1"}"#, None),
            (r#"{"count":null}"#, None),
            (r"{}", None),
        ] {
            let read = serde_json::from_str::<Holder>(json).ok();
            assert_eq!(
                read.map(|h| (h.count, h.limit, h.names.len())),
                expected,
                "{json}"
            );
        }
    }
}
