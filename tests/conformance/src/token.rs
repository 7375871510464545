//! A plain reading of a token's header and payload, so that deviations can select vectors by what a token holds.
//!
//! Written apart from the code under test on purpose.

use serde_json::{Value, json};

/// `{"header": …, "payload": …, "parts": n}` of a token; members that cannot be read are left out.
#[must_use]
pub fn describe(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    let mut described = json!({ "text": token, "parts": parts.len() });
    for (name, part) in ["header", "payload"].into_iter().zip(&parts) {
        let Some(bytes) = base64url(part) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        described[format!("{name}_text")] = text.as_ref().into();
        let text = text.trim_start_matches('\u{feff}');
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            described[name] = value;
        }
    }
    described
}

/// Base64url with any padding, as the reference reads it.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bits = 0_u32;
    let mut count = 0_u32;
    let mut bytes = Vec::new();
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_payload_are_read() {
        // {"alg":"x"} . null
        let described = describe("eyJhbGciOiJ4In0.bnVsbA.AA");
        assert_eq!(described["header"], json!({"alg": "x"}));
        assert_eq!(described.get("payload"), Some(&Value::Null));
        assert_eq!(described["parts"], 3);
        let described = describe("e30=.!");
        assert_eq!(described["header"], json!({}));
        assert_eq!(described.get("payload"), None);
        assert_eq!(described["parts"], 2);
    }
}
