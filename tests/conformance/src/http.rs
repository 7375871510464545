//! Canned answers to outgoing calls.
//!
//! A [`Script`] holds a vector's calls and answers them in order. A transport for tests hands each request to
//! [`Script::answer`]; at the end [`Script::close`] turns an unexpected or missing call into the outcome it deserves.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::outcome::Outcome;
use crate::sent::OwnedRequest;
use crate::special::{self, Blob};
use crate::vector::Vector;

/// A recorded outgoing call.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request that went out.
    pub request: CannedRequest,
    /// What came back.
    pub response: CannedResponse,
}

/// A recorded request.
#[derive(Clone, Debug)]
pub struct CannedRequest {
    /// The method, in upper case.
    pub method: String,
    /// The whole URL with its query.
    pub url: String,
    /// Lower-case names and values.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: CannedBody,
}

/// The content of a recorded request.
#[derive(Clone, Debug, PartialEq)]
pub enum CannedBody {
    /// None.
    Empty,
    /// A text, compared as JSON.
    Text(String),
    /// The parts of a multipart form.
    Form(Vec<Part>),
}

/// A part of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field with a value.
    Field {
        /// The field's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A field with a file.
    File {
        /// The field's name.
        name: String,
        /// Its file.
        file: Blob,
    },
}

impl Part {
    fn name(&self) -> &str {
        match self {
            Self::Field { name, .. } | Self::File { name, .. } => name,
        }
    }
}

/// What comes back from a call.
#[derive(Clone, Debug)]
pub enum CannedResponse {
    /// Nothing: the network failed, with this text.
    NetworkFailure(String),
    /// An answer.
    Answer(Answer),
}

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase, where one was recorded.
    pub status_text: Option<String>,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// A request as it goes out now.
#[derive(Clone, Copy, Debug)]
pub struct SentRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL with its query.
    pub url: &'a str,
    /// Names and values; names in any case.
    pub headers: &'a [(String, String)],
    /// The content.
    pub body: &'a [u8],
}

impl SentRequest<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Exchange {
    pub(crate) fn from_value(value: &Value) -> Result<Self, String> {
        Ok(Self {
            request: request(&value["request"]).ok_or("a request of http is malformed")?,
            response: response(&value["response"]).ok_or("a response of http is malformed")?,
        })
    }
}

fn request(value: &Value) -> Option<CannedRequest> {
    let body = if let Some(text) = value.get("body") {
        CannedBody::Text(text.as_str()?.to_owned())
    } else if let Some(form) = value.get("form") {
        CannedBody::Form(form.as_array()?.iter().map(part).collect::<Option<_>>()?)
    } else {
        CannedBody::Empty
    };
    Some(CannedRequest {
        method: value["method"].as_str()?.to_owned(),
        url: value["url"].as_str()?.to_owned(),
        headers: special::pairs(value.get("headers")?)?,
        body,
    })
}

fn part(value: &Value) -> Option<Part> {
    let name = value["name"].as_str()?.to_owned();
    Some(match value.get("file") {
        Some(file) => Part::File {
            name,
            file: special::file(file)?,
        },
        None => Part::Field {
            name,
            value: value["value"].as_str()?.to_owned(),
        },
    })
}

fn response(value: &Value) -> Option<CannedResponse> {
    if let Some(error) = value.get("error") {
        return Some(CannedResponse::NetworkFailure(error.as_str()?.to_owned()));
    }
    let body = if let Some(json) = value.get("json") {
        json.to_string().into_bytes()
    } else {
        value["body"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
            .into_bytes()
    };
    Some(CannedResponse::Answer(Answer {
        status: u16::try_from(value["status"].as_u64()?).ok()?,
        status_text: value["status_text"].as_str().map(str::to_owned),
        headers: match value.get("headers") {
            Some(headers) => special::pairs(headers)?,
            None => Vec::new(),
        },
        body,
    }))
}

/// A vector's calls, answered in order.
#[derive(Debug, Default)]
pub struct Script {
    exchanges: Vec<Exchange>,
    /// Every request is answered by the recorded one of its number; which they should be is judged afterwards.
    answers_any: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    made: usize,
    sent: Vec<OwnedRequest>,
    /// The recorded call that comes next.
    next: usize,
    surprises: Vec<String>,
}

impl Script {
    /// The calls of a vector.
    #[must_use]
    pub fn of(vector: &Vector) -> Self {
        Self {
            exchanges: vector.http.clone(),
            answers_any: false,
            state: Mutex::default(),
        }
    }

    /// The calls of a vector, whose answers do not depend on the requests.
    #[must_use]
    pub fn answering_any(vector: &Vector) -> Self {
        Self {
            answers_any: true,
            ..Self::of(vector)
        }
    }

    /// The answer to the next call.
    ///
    /// # Errors
    ///
    /// When the request is not the recorded one; [`close`](Self::close) reports it too. Recorded calls that are not made
    /// are passed over. A call beyond the recorded ones finds the network down. One that goes where
    /// the recorded one went is answered, and reported all the same.
    pub fn answer(&self, sent: SentRequest<'_>) -> Result<CannedResponse, String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.made += 1;
        state.sent.push(OwnedRequest::of(sent));
        let rest = self.exchanges.get(state.next..).unwrap_or_default();
        let Some(first) = rest.first() else {
            // Nobody knows what would have come back; an entry of the list of deviations can say that it was meant.
            return Ok(CannedResponse::NetworkFailure(
                "no call was recorded".to_owned(),
            ));
        };
        let fits = |exchange: &Exchange| matches(&exchange.request, sent).is_ok();
        if let Some(passed_over) = rest.iter().position(fits) {
            state.next += passed_over + 1;
            return Ok(rest[passed_over].response.clone());
        }
        let why = matches(&first.request, sent).err().unwrap_or_default();
        let why = format!("call {}: {} {}: {why}", state.made, sent.method, sent.url);
        state.surprises.push(why.clone());
        let goes_there =
            first.request.method == sent.method && sorted(&first.request.url) == sorted(sent.url);
        if !goes_there && !self.answers_any {
            return Err(why);
        }
        state.next += 1;
        Ok(first.response.clone())
    }

    /// The outcome, unless the calls were not the recorded ones.
    #[must_use]
    pub fn close(&self, outcome: Outcome) -> Outcome {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(surprise) = state.surprises.first() {
            return Outcome::OtherRequest {
                call: surprise.clone(),
                made: state.made,
                sent: state.sent.clone(),
                outcome: Box::new(outcome),
            };
        }
        if state.made != self.exchanges.len() || state.next != state.made {
            return Outcome::OtherCalls {
                made: state.made,
                outcome: Box::new(outcome),
            };
        }
        outcome
    }
}

/// Headers that are part of the contract; the others describe the JavaScript package.
const COMPARED_HEADERS: &[&str] = &["authorization", "clerk-api-version"];

pub(crate) fn matches(expected: &CannedRequest, sent: SentRequest<'_>) -> Result<(), String> {
    if expected.method != sent.method {
        return Err(format!("the method should be {}", expected.method));
    }
    if sorted(&expected.url) != sorted(sent.url) {
        return Err(format!("the URL should be {}", expected.url));
    }
    for name in COMPARED_HEADERS {
        let mut headers = expected.headers.iter();
        let recorded = headers
            .find(|(have, _)| have == name)
            .map(|(_, value)| value.as_str());
        if recorded != sent.header(name) {
            return Err(format!(
                "the header {name} should be {recorded:?}, is {:?}",
                sent.header(name)
            ));
        }
    }
    match &expected.body {
        CannedBody::Empty if sent.body.is_empty() => Ok(()),
        CannedBody::Empty => Err(format!("there should be no body, is {}", lossy(sent.body))),
        CannedBody::Text(text) => same_text(text, sent.body),
        CannedBody::Form(parts) => same_form(parts, sent),
    }
}

/// A URL with its query parameters in a fixed order: which comes first means nothing; several of one name stay as they
/// are.
pub(crate) fn sorted(url: &str) -> String {
    let Some((base, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_by_key(|pair| pair.split('=').next().unwrap_or_default());
    format!("{base}?{}", pairs.join("&"))
}

fn same_text(expected: &str, sent: &[u8]) -> Result<(), String> {
    let json = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    let same = match (json(expected.as_bytes()), json(sent)) {
        (Some(expected), Some(sent)) => crate::compare::compare(&expected, &sent).is_ok(),
        _ => expected.as_bytes() == sent,
    };
    if same {
        Ok(())
    } else {
        Err(format!("the body should be {expected}, is {}", lossy(sent)))
    }
}

fn same_form(expected: &[Part], sent: SentRequest<'_>) -> Result<(), String> {
    let content_type = sent.header("content-type").unwrap_or_default();
    let mut parts = content_type
        .split_once("boundary=")
        .and_then(|(_, boundary)| parse_form(sent.body, boundary.trim_matches('"')))
        .ok_or("the body should be a multipart form")?;
    // Parts of different names may stand in any order.
    let mut expected = expected.to_vec();
    expected.sort_by(|left, right| left.name().cmp(right.name()));
    parts.sort_by(|left, right| left.name().cmp(right.name()));
    if parts == expected {
        Ok(())
    } else {
        Err(format!("the form should be {expected:?}, is {parts:?}"))
    }
}

/// Reads a multipart form (RFC 7578).
fn parse_form(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let delimiter = format!("--{boundary}");
    let mut rest = body.strip_prefix(delimiter.as_bytes())?;
    let between = format!("\r\n{delimiter}");
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let content = rest.strip_prefix(b"\r\n")?;
        let end = find(content, between.as_bytes())?;
        let (this, after) = content.split_at_checked(end)?;
        parts.push(parse_part(this)?);
        rest = after.get(between.len()..)?;
    }
    Some(parts)
}

fn parse_part(part: &[u8]) -> Option<Part> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(part.get(..end)?).ok()?;
    let content = part.get(end + 4..)?;
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")?;
    let parameter = |wanted: &str| {
        disposition
            .split(';')
            .filter_map(|item| item.trim().split_once('='))
            .find(|(name, _)| *name == wanted)
            // Browsers and this workspace write quotes and line ends of names as HTML's form data does.
            .map(|(_, value)| value.trim_matches('"').replace("%22", "\""))
    };
    let name = parameter("name")?;
    Some(match parameter("filename") {
        Some(filename) => Part::File {
            name,
            file: Blob {
                filename,
                media_type: header("content-type").unwrap_or_default().to_owned(),
                content: content.to_vec(),
            },
        },
        None => Part::Field {
            name,
            value: String::from_utf8(content.to_vec()).ok()?,
        },
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn lossy(bytes: &[u8]) -> String {
    // Whole, so that an entry of the list of deviations can name a part of it.
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn script(exchanges: &[Value]) -> Script {
        Script {
            exchanges: exchanges
                .iter()
                .map(|value| Exchange::from_value(value).unwrap())
                .collect(),
            answers_any: false,
            state: Mutex::default(),
        }
    }

    fn send<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> SentRequest<'a> {
        SentRequest {
            method: "POST",
            url: "https://api.clerk.com/v1/x?a=1",
            headers,
            body,
        }
    }

    fn post(more: &Value) -> Value {
        let mut value = json!({
            "request": {"method": "POST", "url": "https://api.clerk.com/v1/x?a=1", "headers": [["authorization", "Bearer s"]]},
            "response": {"status": 200, "headers": [["a", "b"]], "json": {"ok": true}},
        });
        for (name, member) in more.as_object().unwrap() {
            value["request"][name] = member.clone();
        }
        value
    }

    #[test]
    fn calls_are_answered_in_order() {
        let headers = [("Authorization".to_owned(), "Bearer s".to_owned())];
        let failure = json!({
            "request": {"method": "POST", "url": "https://api.clerk.com/v1/x?a=1", "headers": [["authorization", "Bearer s"]]},
            "response": {"error": "fetch failed"},
        });
        let script = script(&[post(&json!({"body": "{\"a\":1,\"b\":2}"})), failure]);
        let answer = script
            .answer(send(&headers, br#"{ "b": 2, "a": 1 }"#))
            .unwrap();
        let CannedResponse::Answer(answer) = answer else {
            panic!("an answer was recorded")
        };
        assert_eq!(
            (answer.status, answer.body),
            (200, b"{\"ok\":true}".to_vec())
        );
        let close = || script.close(Outcome::Ok(Value::Null));
        assert!(matches!(close(), Outcome::OtherCalls { made: 1, .. }));
        assert!(matches!(
            script.answer(send(&headers, b"")),
            Ok(CannedResponse::NetworkFailure(_))
        ));
        assert!(matches!(close(), Outcome::Ok(_)));
        // One call too many finds nobody, and is not the recorded number of calls any more.
        assert!(matches!(
            script.answer(send(&headers, b"")),
            Ok(CannedResponse::NetworkFailure(_))
        ));
        assert!(matches!(close(), Outcome::OtherCalls { made: 3, .. }));
    }

    #[test]
    fn another_request_is_noticed() {
        let right = [("authorization".to_owned(), "Bearer s".to_owned())];
        let wrong = [("authorization".to_owned(), "Bearer t".to_owned())];
        for (recorded, headers, body) in [
            (json!({"method": "GET"}), &right, &b""[..]),
            (json!({"url": "https://api.clerk.com/v1/x"}), &right, b""),
            (json!({}), &wrong, b""),
            (json!({}), &right, b"{}"),
            (json!({"body": "{\"a\":1}"}), &right, b"{\"a\":2}"),
            (json!({"body": "{\"a\":1}"}), &right, b""),
            (
                json!({"form": [{"name": "a", "value": "1"}]}),
                &right,
                b"a=1",
            ),
        ] {
            let script = script(&[post(&recorded)]);
            let goes_there = recorded.get("method").is_none() && recorded.get("url").is_none();
            let answer = script.answer(send(headers, body));
            assert_eq!(answer.is_ok(), goes_there, "{recorded}");
            assert!(matches!(
                script.close(Outcome::Ok(Value::Null)),
                Outcome::OtherRequest { .. }
            ));
        }
    }

    #[test]
    fn forms_are_compared_part_by_part() {
        let headers = [
            ("authorization".to_owned(), "Bearer s".to_owned()),
            (
                "content-type".to_owned(),
                "multipart/form-data; boundary=XX".to_owned(),
            ),
        ];
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"uploader\"\r\n\r\nu 1\r\n\
            --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"l.png\"\r\nContent-Type: image/png\r\n\r\nab\r\ncd\r\n--XX--\r\n";
        let form = json!({"form": [
            {"name": "uploader", "value": "u 1"},
            {"name": "file", "file": {"filename": "l.png", "type": "image/png", "base64": "YWINCmNk"}},
        ]});
        assert!(script(&[post(&form)]).answer(send(&headers, body)).is_ok());
        let other = json!({"form": [{"name": "uploader", "value": "u 2"}]});
        let script = script(&[post(&other)]);
        assert!(script.answer(send(&headers, body)).is_ok());
        assert!(matches!(
            script.close(Outcome::Ok(Value::Null)),
            Outcome::OtherRequest { .. }
        ));
    }
}
