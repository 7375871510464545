//! `application/x-www-form-urlencoded`: how the parameters of a query are written.

use std::borrow::Cow;

use super::percent;

/// The decoded parameters of a query, in order; made by [`pairs`].
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    rest: &'a str,
}

/// Reads a query (without `?`). Never fails: a parameter without `=` has an empty value, and bytes that are not UTF-8
/// become replacement characters.
#[must_use]
pub fn pairs(query: &str) -> Pairs<'_> {
    Pairs { rest: query }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (pair, rest) = self.rest.split_once('&').unwrap_or((self.rest, ""));
            self.rest = rest;
            if !pair.is_empty() {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                return Some((decode(name), decode(value)));
            }
        }
        None
    }
}

/// Appends a parameter to a query, with `&` before it unless it is the first.
///
/// ```
/// use clerk_core::url::form;
///
/// let mut query = String::new();
/// form::push_pair(&mut query, "format", "nonce");
/// form::push_pair(&mut query, "redirect_url", "https://a.example/?b=c d");
/// assert_eq!(query, "format=nonce&redirect_url=https%3A%2F%2Fa.example%2F%3Fb%3Dc+d");
/// ```
pub fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    push_encoded(query, name);
    query.push('=');
    push_encoded(query, value);
}

/// Appends a name or value, encoded.
pub fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => percent::push_byte(out, byte),
        }
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| matches!(b, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
    // The plus signs first: an encoded one must stay.
    let spaced = text.replace('+', " ");
    Cow::Owned(String::from_utf8_lossy(&percent::decode(&spaced)).into_owned())
}
