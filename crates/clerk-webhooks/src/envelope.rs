//! The object around the data of every event.
//!
//! Strict about the type, without which nothing can be done, and lenient about everything else: an event that is signed is not
//! refused because an attribute has another form than described. Members that appear twice count as the last one, as in JavaScript.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The envelope, with the data as it came.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) event_type: String,
    /// Milliseconds since the Unix epoch.
    pub(crate) timestamp: Option<i64>,
    pub(crate) instance_id: Option<String>,
    pub(crate) client_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) data: Option<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut event_type = None;
        let mut timestamp = None;
        let mut instance_id = None;
        let mut attributes = Attributes::default();
        let mut data = None;
        while let Some(member) = map.next_key()? {
            match member {
                Member::Type => event_type = map.next_value::<Loose<String>>()?.0,
                Member::Timestamp => timestamp = map.next_value::<Loose<i64>>()?.0,
                Member::InstanceId => instance_id = map.next_value::<Loose<String>>()?.0,
                Member::EventAttributes => {
                    attributes = map.next_value::<Loose<_>>()?.0.unwrap_or_default();
                }
                Member::Data => data = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Envelope {
            event_type: event_type
                .ok_or_else(|| Error::custom("it has no text as its member `type`"))?,
            timestamp,
            instance_id,
            client_ip: attributes.client_ip,
            user_agent: attributes.user_agent,
            data,
        })
    }
}

/// `event_attributes`, and the `http_request` inside it, which share a reader: each ignores the members of the other.
#[derive(Default)]
struct Attributes {
    client_ip: Option<String>,
    user_agent: Option<String>,
}

/// The names of members, read without allocating.
enum Member {
    Type,
    Timestamp,
    InstanceId,
    EventAttributes,
    Data,
    HttpRequest,
    ClientIp,
    UserAgent,
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MemberVisitor;

        impl Visitor<'_> for MemberVisitor {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(match name {
                    "type" => Member::Type,
                    "timestamp" => Member::Timestamp,
                    "instance_id" => Member::InstanceId,
                    "event_attributes" => Member::EventAttributes,
                    "data" => Member::Data,
                    "http_request" => Member::HttpRequest,
                    "client_ip" => Member::ClientIp,
                    "user_agent" => Member::UserAgent,
                    _ => Member::Other,
                })
            }
        }

        deserializer.deserialize_identifier(MemberVisitor)
    }
}

/// A value where it has the form it should have, nothing where it has another.
struct Loose<T>(Option<T>);

/// What [`Loose`] can hold: each says which forms it takes.
trait FromForm: Sized {
    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    fn from_integer(_integer: i64) -> Option<Self> {
        None
    }

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl FromForm for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromForm for i64 {
    fn from_integer(integer: i64) -> Option<Self> {
        Some(integer)
    }
}

impl FromForm for Attributes {
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        let mut request = Self::default();
        while let Some(member) = object.next_key()? {
            match member {
                Member::HttpRequest => {
                    request = object
                        .next_value::<Loose<HttpRequest>>()?
                        .0
                        .unwrap_or_default()
                        .0;
                }
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(request))
    }
}

#[derive(Default)]
struct HttpRequest(Attributes);

impl FromForm for HttpRequest {
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        let mut request = Attributes::default();
        while let Some(member) = object.next_key()? {
            match member {
                Member::ClientIp => request.client_ip = object.next_value::<Loose<_>>()?.0,
                Member::UserAgent => request.user_agent = object.next_value::<Loose<_>>()?.0,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(Self(request)))
    }
}

impl<'de, T: FromForm> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(std::marker::PhantomData))
    }
}

struct LooseVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: FromForm> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose(T::from_text(text)))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Self::Value, E> {
        Ok(Loose(T::from_integer(integer)))
    }

    fn visit_u64<E>(self, integer: u64) -> Result<Self::Value, E> {
        Ok(Loose(i64::try_from(integer).ok().and_then(T::from_integer)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Loose(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Loose(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::from_object(object).map(Loose)
    }
}
