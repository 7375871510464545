//! The permissions an organization's member has, listed or packed.

use std::borrow::Cow;

use super::scope::{elements, split_list};
use crate::json;

/// The permissions of the active organization, in the form the token holds them.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub enum OrgPermissions<'a> {
    /// The token says nothing about permissions: nothing is permitted.
    #[default]
    Absent,
    /// A list, as version 1 of the claims has it.
    List(&'a [String]),
    /// The JSON text of a list of texts; elements that are not texts are passed over.
    Json(&'a str),
    /// Packed by feature, as version 2 of the claims has it.
    Packed(PackedPermissions<'a>),
}

impl OrgPermissions<'_> {
    /// Whether the token says nothing about permissions, which is less than an empty list of them.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether a permission in its full form (`org:invoices:create`) is among them.
    #[must_use]
    pub fn contains(&self, permission: &str) -> bool {
        match self {
            Self::Absent => false,
            Self::List(list) => list.iter().any(|have| have == permission),
            Self::Json(list) => {
                let mut found = false;
                let read = json::elements(list, |element| {
                    found |= json::text(element).is_some_and(|have| have == permission);
                });
                read.is_some() && found
            }
            Self::Packed(packed) => packed.contains(permission),
        }
    }

    /// All of them in their full form, in order.
    #[must_use]
    pub fn to_list(&self) -> Vec<String> {
        match self {
            Self::Absent => Vec::new(),
            Self::List(list) => list.to_vec(),
            Self::Json(list) => {
                let mut all = Vec::new();
                let read = json::elements(list, |element| {
                    all.extend(json::text(element).map(Cow::into_owned));
                });
                read.map_or_else(Vec::new, |()| all)
            }
            Self::Packed(packed) => packed.iter().collect(),
        }
    }
}

/// The permissions of version 2 of the session claims: for each feature a number whose bits are permissions.
///
/// Feature `i` of the organization-scoped ones in [`features`](Self::features) has permission `j` of
/// [`permissions`](Self::permissions) if bit `j` (least significant first) of number `i` in [`map`](Self::map) is set.
///
/// ```
/// use clerk_tokens::authz::PackedPermissions;
///
/// let packed = PackedPermissions { features: "o:articles,u:drafts,ou:invoices", permissions: "read,write", map: "3,2" };
/// let all: Vec<String> = packed.iter().collect();
/// assert_eq!(all, ["org:articles:read", "org:articles:write", "org:invoices:write"]);
/// assert!(packed.contains("org:invoices:write"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackedPermissions<'a> {
    /// The claim `fea`: scoped features.
    pub features: &'a str,
    /// The claim `o.per`: names of permissions.
    pub permissions: &'a str,
    /// The claim `o.fpm`: decimal numbers of any size.
    pub map: &'a str,
}

impl<'a> PackedPermissions<'a> {
    /// Whether a permission in its full form is among them; allocates nothing unless a number has more than 38 digits.
    #[must_use]
    pub fn contains(&self, permission: &str) -> bool {
        let Some(asked) = permission.strip_prefix("org:") else {
            return false;
        };
        // A feature may hold colons, so each is tried as the beginning.
        self.rows().any(|(feature, bits)| {
            let name = asked
                .strip_prefix(feature)
                .and_then(|rest| rest.strip_prefix(':'));
            name.is_some_and(|name| {
                let mut names = split_list(self.permissions).enumerate();
                names.any(|(bit, have)| have == name && bits.get(bit))
            })
        })
    }

    /// All of them in their full form: by feature, then by permission.
    pub fn iter(&self) -> impl Iterator<Item = String> + use<'a> {
        let permissions = self.permissions;
        self.rows().flat_map(move |(feature, bits)| {
            split_list(permissions)
                .enumerate()
                .filter(move |(bit, _)| bits.get(*bit))
                .map(move |(_, name)| format!("org:{feature}:{name}"))
        })
    }

    /// Each organization-scoped feature with its bits.
    fn rows(&self) -> impl Iterator<Item = (&'a str, Bits)> + use<'a> {
        // AUTH-26: the index runs over the organization's features only.
        // AUTH-27: an element without a scope grants nothing and disturbs nothing.
        let features = elements(self.features)
            .filter_map(Result::ok)
            .filter(|element| element.scopes.org)
            .map(|element| element.name);
        // AUTH-25: without names there is nothing to permit, whatever the numbers say.
        let map = if self.permissions.is_empty() {
            ""
        } else {
            self.map
        };
        features.zip(split_list(map).map(Bits::of_decimal))
    }
}

/// The names and numbers of a packed list, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionMap<'a> {
    /// The names of the permissions, in order.
    pub permissions: Vec<&'a str>,
    /// For each feature its bits, least significant first, at least one for each permission; none if the number is malformed.
    pub bits: Vec<Vec<bool>>,
}

impl<'a> PermissionMap<'a> {
    /// Takes the claims `o.per` and `o.fpm` apart; if either is empty, there is nothing.
    #[must_use]
    pub fn parse(permissions: &'a str, map: &str) -> Self {
        if permissions.is_empty() || map.is_empty() {
            return Self::default();
        }
        let permissions: Vec<&str> = split_list(permissions).collect();
        let bits = split_list(map)
            .map(|number| Bits::of_decimal(number).to_vec(permissions.len()))
            .collect();
        Self { permissions, bits }
    }
}

/// The bits of a number of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bits {
    /// The text was not a number: no bit is set.
    Malformed,
    Small(u128),
    /// Least significant limb first.
    Large(Vec<u64>),
}

/// Numbers of this many digits fit 128 bits.
const SMALL_DIGITS: usize = 38;
/// As many digits as are read at once: their number fits 64 bits.
const CHUNK_DIGITS: usize = 18;
/// Longer numbers are taken for malformed: no role has thirteen thousand permissions.
const MAX_DIGITS: usize = 4096;

impl Bits {
    fn of_decimal(text: &str) -> Self {
        if text.is_empty()
            || text.len() > MAX_DIGITS
            || !text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Self::Malformed;
        }
        if text.len() <= SMALL_DIGITS {
            return text.parse().map_or(Self::Malformed, Self::Small);
        }
        // Horner's rule in chunks of digits; the carry of each limb fits its upper half.
        let mut limbs: Vec<u64> = Vec::new();
        for chunk in text.as_bytes().chunks(CHUNK_DIGITS) {
            let (mut carry, mut scale) = (0_u128, 1_u128);
            for digit in chunk {
                carry = carry * 10 + u128::from(digit - b'0');
                scale *= 10;
            }
            for limb in &mut limbs {
                let value = u128::from(*limb) * scale + carry;
                *limb = value as u64;
                carry = value >> 64;
            }
            if carry > 0 {
                limbs.push(carry as u64);
            }
        }
        Self::Large(limbs)
    }

    fn get(&self, bit: usize) -> bool {
        match self {
            Self::Malformed => false,
            Self::Small(number) => bit < 128 && number >> bit & 1 == 1,
            Self::Large(limbs) => limbs
                .get(bit / 64)
                .is_some_and(|limb| limb >> (bit % 64) & 1 == 1),
        }
    }

    /// The bits up to the highest that is set, at least `minimum` of them.
    fn to_vec(&self, minimum: usize) -> Vec<bool> {
        let length = match self {
            Self::Malformed => return Vec::new(),
            Self::Small(number) => 128 - number.leading_zeros() as usize,
            Self::Large(limbs) => {
                limbs.len() * 64 - limbs.last().map_or(0, |limb| limb.leading_zeros() as usize)
            }
        };
        (0..length.max(minimum).max(1))
            .map(|bit| self.get(bit))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: AUTH-25, HIST-84
    #[test]
    fn hist_84_numbers_of_any_size_are_exact() {
        // 2^53 + 1, 2^64, 2^128, 2^200 + 2^53 + 1
        for (text, bits) in [
            ("0", &[][..]),
            ("000", &[]),
            ("5", &[0, 2]),
            ("9007199254740993", &[0, 53]),
            ("18446744073709551616", &[64]),
            ("340282366920938463463374607431768211456", &[128]),
            (
                "0000000000000000000000000000000000000000000000000000005",
                &[0, 2],
            ),
            (
                "1606938044258990275541962092341162602522203002789992090042369",
                &[0, 53, 200],
            ),
        ] {
            let number = Bits::of_decimal(text);
            let set: Vec<usize> = (0..300).filter(|bit| number.get(*bit)).collect();
            assert_eq!(set, bits, "{text}");
        }
        for text in ["", "x", "-1", "1.0", "1e3", "+1", "٣", " 1", "0x3"] {
            assert_eq!(Bits::of_decimal(text), Bits::Malformed, "{text}");
        }
        let longest = "9".repeat(MAX_DIGITS);
        assert!(Bits::of_decimal(&longest).get(0));
        assert_eq!(Bits::of_decimal(&(longest + "9")), Bits::Malformed);
    }
}
