//! PEM as people really paste it into variables and files.

use clerk_errors::{ConfigError, ConfigErrorKind};
use zeroize::Zeroizing;

use super::{SETTING, malformed};

/// Far more than a PEM of the largest key (RSA, 8192 bits, private) needs.
const MAX_LENGTH: usize = 32 * 1024;

/// The content of a PEM, and whether its label calls it private.
pub(super) struct Pem {
    pub(super) der: Zeroizing<Vec<u8>>,
    pub(super) is_private: bool,
}

/// Reads a PEM block (RFC 7468), or the bare base64 of one.
///
/// Forgiven are: line breaks of any kind, none, or written as `\n`; blanks and indentation; surrounding quotes;
/// a missing first or last line; the url-safe alphabet; whatever follows the first block.
pub(super) fn read(text: &str) -> Result<Pem, ConfigError> {
    if text.len() > MAX_LENGTH {
        return Err(malformed("is far too long to be a key"));
    }
    let text = Zeroizing::new(text.replace("\\r", "\n").replace("\\n", "\n"));
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    if text.is_empty() {
        return Err(
            ConfigError::new(ConfigErrorKind::Missing, SETTING, "is empty").with_fix(
                "copy the JWKS public key (PEM) from the API keys page of the Clerk Dashboard",
            ),
        );
    }
    let (label, body) = match text.strip_prefix("-----BEGIN ") {
        Some(rest) => rest
            .split_once("-----")
            .ok_or_else(|| malformed("has a broken PEM header line"))?,
        None => ("", text),
    };
    let body = body.split("-----END").next().unwrap_or_default();
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    base64.extend(
        body.bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            }),
    );
    while base64.last() == Some(&b'=') {
        base64.pop();
    }
    let der = base64_simd::STANDARD_NO_PAD
        .decode_to_vec(&*base64)
        .map_err(|_| malformed("is neither PEM nor base64"))?;
    Ok(Pem {
        der: Zeroizing::new(der),
        is_private: label.contains("PRIVATE"),
    })
}
