//! One page of a list.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// One page of a list, and how many items there are in all where Clerk says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    pub data: Vec<T>,
    /// How many items there are on all pages.
    pub total_count: Option<u64>,
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    /// HTTP-23: a bare list, or an object whose list is `data` or `m2m_tokens`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PageVisitor(PhantomData))
    }
}

struct PageVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PageVisitor<T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or an object with `data`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut data = Vec::new();
        while let Some(item) = items.next_element()? {
            data.push(item);
        }
        Ok(Page {
            data,
            total_count: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut data: Option<Vec<T>> = None;
        let mut total_count = None;
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "data" | "m2m_tokens" => {
                    data = Some(members.next_value::<Option<Vec<T>>>()?.unwrap_or_default());
                }
                "total_count" => {
                    total_count = members.next_value::<Option<Total>>()?.map(|total| total.0);
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Page {
            data: data.ok_or_else(|| serde::de::Error::missing_field("data"))?,
            total_count,
        })
    }
}

/// A count, also one that is written as a float.
struct Total(u64);

impl<'de> Deserialize<'de> for Total {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates; a count has no sign"
    )]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(|count| Self(count as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: HTTP-23
    #[test]
    fn every_shape_of_a_list() {
        for (json, expected) in [
            ("[1,2]", Some((vec![1, 2], None))),
            ("[]", Some((vec![], None))),
            (r#"{"data":[1],"total_count":7}"#, Some((vec![1], Some(7)))),
            (
                r#"{"total_count":7.0,"m2m_tokens":[1],"more":[{}]}"#,
                Some((vec![1], Some(7))),
            ),
            (r#"{"data":null,"total_count":null}"#, Some((vec![], None))),
            (
                r#"{"data":[1],"total_count":-9007199254740991}"#,
                Some((vec![1], Some(0))),
            ),
            (r#"{"total_count":1}"#, None),
            (r#"{"data":["x"]}"#, None),
            ("null", None),
        ] {
            let page = serde_json::from_str::<Page<i32>>(json).ok();
            assert_eq!(
                page.map(|page| (page.data, page.total_count)),
                expected,
                "{json}"
            );
        }
    }
}
