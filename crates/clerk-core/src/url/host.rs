//! Host names and addresses.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::{UrlError, punycode};

/// Appends a host in its normal form.
pub(super) fn push_normalised(out: &mut String, host: &str) -> Result<(), UrlError> {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').ok_or(UrlError::Host)?;
        let address: Ipv6Addr = address.parse().map_err(|_| UrlError::Host)?;
        push_ipv6(out, address);
        return Ok(());
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if host.is_empty() || !host.bytes().all(allowed) {
        return Err(UrlError::Host);
    }
    let start = out.len();
    out.push_str(host);
    out[start..].make_ascii_lowercase();
    let host = &out[start..];
    if ends_in_number(host) {
        let address = parse_ipv4(host).ok_or(UrlError::Host)?;
        out.truncate(start);
        let _ = write!(out, "{address}");
        return Ok(());
    }
    if !punycode::labels_are_valid(host) {
        return Err(UrlError::Host);
    }
    Ok(())
}

/// Whether a normalised host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback());
    }
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|a| a.is_loopback())
}

/// Whether a host must be an IPv4 address: its last label is a number.
fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or(host);
    let all_digits = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    all_digits || parse_number(last).is_some()
}

/// One to four numbers, decimal, octal (`0`) or hexadecimal (`0x`), the last one filling the bytes that are left.
fn parse_ipv4(host: &str) -> Option<Ipv4Addr> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let mut numbers = [0u64; 4];
    let mut count = 0;
    for label in host.split('.') {
        *numbers.get_mut(count)? = parse_number(label)?;
        count += 1;
    }
    let (last, firsts) = numbers.get(..count)?.split_last()?;
    let mut address: u64 = 0;
    for first in firsts {
        address = address << 8 | u64::from(u8::try_from(*first).ok()?);
    }
    let free_bits = 8 * (5 - count);
    if *last >> free_bits != 0 {
        return None;
    }
    u32::try_from(address << free_bits | last)
        .ok()
        .map(Ipv4Addr::from)
}

/// A number of an IPv4 address; one too large for an address is as good as the largest `u64`.
fn parse_number(label: &str) -> Option<u64> {
    let (digits, radix) = match label.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if label.len() > 1 && label.starts_with('0') => (&label[1..], 8),
        None => (label, 10),
    };
    if digits.is_empty() {
        // `0x` is zero; an empty label is no number.
        return (radix == 16).then_some(0);
    }
    digits.chars().try_fold(0u64, |number, digit| {
        let digit = u64::from(digit.to_digit(radix)?);
        Some(
            number
                .saturating_mul(u64::from(radix))
                .saturating_add(digit),
        )
    })
}

/// The form of RFC 5952, except that no part is ever written as an IPv4 address.
fn push_ipv6(out: &mut String, address: Ipv6Addr) {
    let groups = address.segments();
    let (zeros_start, zeros_len) = longest_zeros(&groups);
    out.push('[');
    let mut index = 0;
    while index < groups.len() {
        if index == zeros_start && zeros_len > 1 {
            out.push_str("::");
            index += zeros_len;
            continue;
        }
        if index > 0 && !out.ends_with(':') {
            out.push(':');
        }
        let _ = write!(out, "{:x}", groups[index]);
        index += 1;
    }
    out.push(']');
}

/// Start and length of the first longest run of zeros.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let mut longest = (0, 0);
    let mut start = 0;
    for (index, group) in groups.iter().enumerate() {
        if *group != 0 {
            start = index + 1;
        } else if index + 1 - start > longest.1 {
            longest = (start, index + 1 - start);
        }
    }
    longest
}
