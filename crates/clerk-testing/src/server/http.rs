//! Requests and answers as the handlers see them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

use super::failure::{Failure, Outcome};

/// A request whose body has been read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path as sent, without the query.
    pub(crate) path: String,
    pub(crate) query: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The path's segments, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(percent_decode)
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of the first cookie of this name.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(|line| {
                line.split(';')
                    .filter_map(|pair| pair.trim().split_once('='))
                    .find(|(key, _)| *key == name)
            })?
            .1
            .into()
    }

    /// The parameters of the body: a JSON object or a form.
    pub(crate) fn body_params(&self) -> Outcome<Body> {
        if self.body.is_empty() {
            return Ok(Body {
                members: Map::new(),
            });
        }
        let is_form = self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if is_form {
            let text = String::from_utf8_lossy(&self.body);
            let members = Params::parse(&text)
                .pairs
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect();
            return Ok(Body { members });
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(members)) => Ok(Body { members }),
            Ok(_) => Err(Failure::new(
                400,
                "request_body_invalid",
                "the body is not a JSON object",
            )),
            Err(error) => Err(Failure::new(
                400,
                "request_body_invalid",
                format!("the body is not JSON: {error}"),
            )),
        }
    }
}

/// The members of each object of a JSON list.
impl Request {
    pub(crate) fn body_list(&self) -> Outcome<Vec<Body>> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Array(items)) => items
                .into_iter()
                .map(|item| match item {
                    Value::Object(members) => Ok(Body { members }),
                    _ => Err(Failure::new(
                        400,
                        "request_body_invalid",
                        "an entry of the list is not an object",
                    )),
                })
                .collect(),
            _ => Err(Failure::new(
                400,
                "request_body_invalid",
                "the body is not a JSON list",
            )),
        }
    }
}

/// Query or form parameters, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (
                    percent_decode(&name.replace('+', " ")),
                    percent_decode(&value.replace('+', " ")),
                )
            })
            .collect();
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a repeated parameter, also written `name[]` or as a comma list.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(key, _)| key.strip_suffix("[]").unwrap_or(key) == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .collect()
    }

    pub(crate) fn number(&self, name: &str, default: usize) -> Outcome<usize> {
        match self.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| Failure::invalid_parameter(name, "is not a number")),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value == "true")
    }
}

/// The members of a request body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    members: Map<String, Value>,
}

impl Body {
    /// A member, where present; `null` counts as present.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.members.iter()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.members
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    pub(crate) fn required(&self, name: &str) -> Outcome<&str> {
        self.text(name)
            .ok_or_else(|| Failure::missing_parameter(name))
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.members.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.members.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The texts of a list member, or the single text.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        match self.members.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    pub(crate) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.members.get(name)?.as_object()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(value: &Value) -> Self {
        Self::with_status(200, value)
    }

    pub(crate) fn with_status(status: u16, value: &Value) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        reply.body = value.to_string().into();
        reply
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A redirect that keeps method and body (307).
    pub(crate) fn redirect(location: &str) -> Self {
        let mut reply = Self::empty(307);
        reply.add("location", location);
        reply.add("cache-control", "no-store");
        reply
    }

    /// Adds a header; a value that cannot stand in one is left out.
    pub(crate) fn add(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(HeaderName::from_static(name), value);
        }
    }
}

/// Decodes `%XX`; what is not UTF-8 afterwards is replaced.
pub(crate) fn percent_decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
