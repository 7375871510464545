//! Whether the `xn--` labels of a host are what a browser would accept.
//!
//! The full rules need Unicode tables we do not carry. The letters listed here are valid in host names by themselves,
//! in every position and beside each other, so a label made of them needs no table.

/// The longest label of a host name, in bytes, without its `xn--`.
const MAX_ENCODED: usize = 59;

/// Whether every international label of a lower-case host is well-formed and made of known letters.
pub(super) fn labels_are_valid(host: &str) -> bool {
    if !host.contains("xn--") {
        return true;
    }
    let mut right_to_left = false;
    let mut left_to_right_fits = true;
    for label in host.split('.') {
        let decoded;
        let unicode = match label.strip_prefix("xn--") {
            None => label,
            Some(encoded) => match decode(encoded) {
                Some(text) if text.starts_with("xn--") || text.is_ascii() => return false,
                Some(text) => {
                    decoded = text;
                    &decoded
                }
                None => return false,
            },
        };
        if unicode.contains(is_right_to_left) {
            // No mixing, not even with digits and hyphens.
            if !unicode.chars().all(is_right_to_left) {
                return false;
            }
            right_to_left = true;
        } else {
            if !unicode.chars().all(|c| c.is_ascii() || is_left_to_right(c)) {
                return false;
            }
            left_to_right_fits &= fits_beside_right_to_left(unicode);
        }
    }
    !right_to_left || left_to_right_fits
}

/// Beside a right-to-left label, the others start with a letter and end in a letter or digit (RFC 5893).
fn fits_beside_right_to_left(label: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || is_left_to_right(c);
    label.starts_with(letter) && label.ends_with(|c: char| letter(c) || c.is_ascii_digit())
}

/// Letters written from left to right that no normalisation changes, if they are not in upper case.
const LEFT_TO_RIGHT: [(char, char); 23] = [
    // Latin, with the letters of European languages and Vietnamese.
    ('\u{df}', '\u{f6}'),
    ('\u{f8}', '\u{132}'),
    ('\u{134}', '\u{13e}'),
    ('\u{141}', '\u{148}'),
    ('\u{14a}', '\u{17e}'),
    ('\u{1a1}', '\u{1a1}'),
    ('\u{1b0}', '\u{1b0}'),
    ('\u{219}', '\u{219}'),
    ('\u{21b}', '\u{21b}'),
    ('\u{1ea1}', '\u{1ef9}'),
    // Greek.
    ('\u{390}', '\u{390}'),
    ('\u{3ac}', '\u{3ce}'),
    // Cyrillic.
    ('\u{430}', '\u{45f}'),
    ('\u{48b}', '\u{52f}'),
    // Armenian, Georgian.
    ('\u{561}', '\u{586}'),
    ('\u{10d0}', '\u{10fa}'),
    // Hiragana, Katakana, Han, Hangul.
    ('\u{3005}', '\u{3005}'),
    ('\u{3041}', '\u{3096}'),
    ('\u{30a1}', '\u{30fa}'),
    ('\u{30fc}', '\u{30fc}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{ac00}', '\u{d7a3}'),
];

/// Letters of Hebrew, Arabic and Persian.
const RIGHT_TO_LEFT: [(char, char); 9] = [
    ('\u{5d0}', '\u{5ea}'),
    ('\u{620}', '\u{63a}'),
    ('\u{641}', '\u{64a}'),
    ('\u{67e}', '\u{67e}'),
    ('\u{686}', '\u{686}'),
    ('\u{698}', '\u{698}'),
    ('\u{6a9}', '\u{6a9}'),
    ('\u{6af}', '\u{6af}'),
    ('\u{6cc}', '\u{6cc}'),
];

fn is_left_to_right(c: char) -> bool {
    is_in(c, &LEFT_TO_RIGHT) && !c.is_uppercase()
}

fn is_right_to_left(c: char) -> bool {
    is_in(c, &RIGHT_TO_LEFT)
}

fn is_in(c: char, ranges: &[(char, char)]) -> bool {
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&c))
}

/// RFC 3492, section 6.2, for text that is in lower case.
fn decode(encoded: &str) -> Option<String> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    if encoded.len() > MAX_ENCODED {
        return None;
    }
    let (basic, deltas) = match encoded.rsplit_once('-') {
        Some(("", _)) => return None,
        Some(split) => split,
        None => ("", encoded),
    };
    let mut text: Vec<char> = basic.chars().collect();
    let mut code_point: u32 = 128;
    let mut index: u32 = 0;
    let mut bias: u32 = 72;
    let mut digits = deltas.bytes().peekable();
    while digits.peek().is_some() {
        let before = index;
        let mut weight: u32 = 1;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                digit @ b'0'..=b'9' => u32::from(digit - b'0') + 26,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        let count = u32::try_from(text.len()).ok()? + 1;
        bias = adapt(index - before, count, before == 0);
        code_point = code_point.checked_add(index / count)?;
        index %= count;
        text.insert(usize::try_from(index).ok()?, char::from_u32(code_point)?);
        index += 1;
    }
    Some(text.into_iter().collect())
}

/// RFC 3492, section 6.1.
fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}
