//! Where the three signature headers are read from, and which of the two header families a message uses.

use clerk_errors::{WebhookVerificationError, WebhookVerificationErrorKind};

/// A message id or a timestamp is shorter than this many bytes.
const MAX_FIELD_BYTES: usize = 1024;

/// All signatures of a message together are shorter than this many bytes.
const MAX_SIGNATURE_BYTES: usize = 16 * 1024;

/// Request headers, as far as a verifier needs them: values by name, as bytes.
///
/// Implemented for closures (`|name| request.header(name)`), for slices, arrays and vectors of pairs, and with the feature
/// `http` for `http::HeaderMap`. A closure returns one value per name; the others return every value.
///
/// ```
/// use clerk_webhooks::WebhookHeaders;
///
/// fn count(headers: &impl WebhookHeaders, name: &str) -> usize {
///     let mut count = 0;
///     headers.each_value(name, &mut |_value| count += 1);
///     count
/// }
///
/// let pairs = [("Svix-Id", "msg_1"), ("content-type", "application/json")];
/// assert_eq!(count(&pairs, "svix-id"), 1);
///
/// let lookup = |name: &str| (name == "svix-id").then_some("msg_1");
/// assert_eq!(count(&lookup, "svix-id"), 1);
/// ```
pub trait WebhookHeaders {
    /// Calls `visit` with each value of the header `name`, in the order received. `name` is in lower case; names of the
    /// request are compared without regard to case.
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8]));
}

impl<F, V> WebhookHeaders for F
where
    F: Fn(&str) -> Option<V>,
    V: AsRef<[u8]>,
{
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        if let Some(value) = self(name) {
            visit(value.as_ref());
        }
    }
}

impl<N, V> WebhookHeaders for [(N, V)]
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for (candidate, value) in self {
            if candidate.as_ref().eq_ignore_ascii_case(name) {
                visit(value.as_ref());
            }
        }
    }
}

impl<N, V, const LEN: usize> WebhookHeaders for [(N, V); LEN]
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.as_slice().each_value(name, visit);
    }
}

impl<N, V> WebhookHeaders for Vec<(N, V)>
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.as_slice().each_value(name, visit);
    }
}

#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
impl WebhookHeaders for http::HeaderMap {
    fn each_value(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for value in self.get_all(name) {
            visit(value.as_bytes());
        }
    }
}

/// The names of the three headers in one of the two families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeaderNames {
    pub(crate) id: &'static str,
    pub(crate) timestamp: &'static str,
    pub(crate) signature: &'static str,
}

/// What Clerk sends.
pub(crate) const SVIX: HeaderNames = HeaderNames {
    id: "svix-id",
    timestamp: "svix-timestamp",
    signature: "svix-signature",
};

/// What the Standard Webhooks specification names them.
pub(crate) const STANDARD: HeaderNames = HeaderNames {
    id: "webhook-id",
    timestamp: "webhook-timestamp",
    signature: "webhook-signature",
};

impl HeaderNames {
    fn read(self, headers: &(impl WebhookHeaders + ?Sized)) -> Fields {
        let mut fields = Fields {
            names: self,
            id: Field::default(),
            timestamp: Field::default(),
            signatures: Field::default(),
            id_text: Vec::new(),
            leading_integer: None,
        };
        headers.each_value(self.id, &mut |value| {
            if let Some(value) = fields.id.count(value, MAX_FIELD_BYTES) {
                fields.id_text = value.to_vec();
            }
        });
        headers.each_value(self.timestamp, &mut |value| {
            if let Some(value) = fields.timestamp.count(value, MAX_FIELD_BYTES) {
                fields.leading_integer = leading_integer(value);
            }
        });
        headers.each_value(self.signature, &mut |value| {
            fields.signatures.count(value, MAX_SIGNATURE_BYTES);
        });
        fields
    }
}

/// The headers of one message, read and bounded, not yet verified.
#[derive(Debug)]
pub(crate) struct MessageHeaders {
    pub(crate) id: String,
    /// Seconds since the Unix epoch.
    pub(crate) timestamp: i64,
    /// Where the signatures are, in one value or several.
    pub(crate) signature: &'static str,
}

impl MessageHeaders {
    pub(crate) fn read(
        headers: &(impl WebhookHeaders + ?Sized),
    ) -> Result<Self, WebhookVerificationError> {
        let fields = complete_family(headers)?;
        let names = fields.names;
        if fields.signatures.too_long {
            return Err(invalid(names.signature, "is too long: 16 KiB or more"));
        }
        fields.timestamp.single(names.timestamp)?;
        let Some(timestamp) = fields.leading_integer else {
            return Err(invalid(names.timestamp, "is not a number of seconds"));
        };
        fields.id.single(names.id)?;
        match String::from_utf8(fields.id_text) {
            Ok(id) if id.is_ascii() => Ok(Self {
                id,
                timestamp,
                signature: names.signature,
            }),
            _ => Err(invalid(names.id, "is not plain ASCII text")),
        }
    }
}

/// The family that is complete; where none is, the error is about the one of which something is there, so that it names
/// what is missing beside it.
fn complete_family(
    headers: &(impl WebhookHeaders + ?Sized),
) -> Result<Fields, WebhookVerificationError> {
    let svix = SVIX.read(headers);
    let missing = svix.missing();
    if missing.is_empty() {
        return Ok(svix);
    }
    let standard = STANDARD.read(headers);
    let standard_missing = standard.missing();
    if standard_missing.is_empty() {
        return Ok(standard);
    }
    let partly_standard = missing.len() == 3 && standard_missing.len() < 3;
    Err(WebhookVerificationError::missing_headers(
        if partly_standard {
            standard_missing
        } else {
            missing
        },
    ))
}

/// What was found under the three names of a family.
struct Fields {
    names: HeaderNames,
    id: Field,
    timestamp: Field,
    signatures: Field,
    id_text: Vec<u8>,
    leading_integer: Option<i64>,
}

impl Fields {
    fn missing(&self) -> Vec<&'static str> {
        [
            (&self.id, self.names.id),
            (&self.timestamp, self.names.timestamp),
            (&self.signatures, self.names.signature),
        ]
        .into_iter()
        .filter_map(|(field, name)| (field.values == 0).then_some(name))
        .collect()
    }
}

/// How often a header is there with something in it, and whether that is more than is looked at.
#[derive(Default)]
struct Field {
    values: usize,
    bytes: usize,
    too_long: bool,
}

impl Field {
    /// Takes note of a value; gives it back trimmed where it is to be looked at.
    fn count<'v>(&mut self, value: &'v [u8], max: usize) -> Option<&'v [u8]> {
        let value = value.trim_ascii();
        if value.is_empty() {
            return None;
        }
        self.values += 1;
        self.bytes = self.bytes.saturating_add(value.len());
        self.too_long |= self.bytes >= max;
        (!self.too_long).then_some(value)
    }

    /// There is one value. Two would leave open which of them was meant.
    fn single(&self, name: &'static str) -> Result<(), WebhookVerificationError> {
        if self.values > 1 {
            return Err(invalid(name, "is there more than once"));
        }
        if self.too_long {
            return Err(invalid(name, "is too long: 1 KiB or more"));
        }
        Ok(())
    }
}

/// The integer a text starts with, saturating; what follows it is cut, as the reference does.
fn leading_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let digits = &digits[..end];
    // Eighteen digits fit an i64; with more, what counts is that the number is far away.
    let magnitude = if end <= 18 {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    } else {
        digits.iter().fold(0_i64, |sum, digit| {
            sum.saturating_mul(10)
                .saturating_add(i64::from(digit - b'0'))
        })
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn invalid(name: &'static str, problem: &str) -> WebhookVerificationError {
    WebhookVerificationError::new(
        WebhookVerificationErrorKind::InvalidHeader,
        format!("the header {name} {problem}"),
    )
}
