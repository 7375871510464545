use std::sync::Arc;

use super::shard::{Entry, Shard};
use crate::{DecodedJwt, Header, SessionClaims, VerifyingKey, decode_jwt};

const KEY: &str = include_str!("../../tests/keys/one.public.pem");

fn parts(decoded: &DecodedJwt<'_>) -> (Arc<Header>, SessionClaims) {
    (
        Arc::clone(decoded.shared_header()),
        decoded.unverified_claims().clone(),
    )
}

fn entry(token: &str, expires_at_ms: i64) -> Entry {
    let (header, claims) = parts(&decode_jwt("e30.eyJzdWIiOiJ1In0.AA").unwrap());
    let key = VerifyingKey::from_pem(KEY).unwrap();
    Entry::new(token, &header, &claims, &key, expires_at_ms)
}

fn size() -> usize {
    let mut shard = Shard::new(usize::MAX / 2);
    shard.insert(0, entry("0", 100), 0);
    shard.bytes()
}

#[test]
fn bytes_are_bounded_and_the_oldest_unused_go_first() {
    let mut shard = Shard::new(3 * size());
    for n in 0..3 {
        shard.insert(n, entry(&n.to_string(), 100), 0);
    }
    assert_eq!((shard.len(), shard.bytes()), (3, 3 * size()));
    assert!(shard.get(0, "0").is_some());
    shard.insert(3, entry("3", 100), 0);
    assert!(shard.get(0, "0").is_some(), "used lately");
    assert!(shard.get(1, "1").is_none(), "the oldest unused");
    assert!(shard.get(2, "2").is_some() && shard.get(3, "3").is_some());
    // All are in use now: the oldest goes nevertheless.
    shard.insert(4, entry("4", 100), 0);
    assert_eq!((shard.len(), shard.bytes()), (3, 3 * size()));
    assert!(shard.get(4, "4").is_some());
}

#[test]
fn expired_entries_make_room() {
    let mut shard = Shard::new(10 * size());
    for n in 0..5 {
        shard.insert(n, entry(&n.to_string(), 100), 0);
    }
    for n in 5..8 {
        shard.insert(n, entry(&n.to_string(), 1000), 101);
    }
    // Three insertions looked at two old entries each.
    assert_eq!((shard.len(), shard.bytes()), (3, 3 * size()));
    shard.clear();
    assert_eq!((shard.len(), shard.bytes()), (0, 0));
}

#[test]
fn the_token_decides_not_its_hash() {
    let mut shard = Shard::new(10 * size());
    shard.insert(7, entry("a", 100), 0);
    assert!(shard.get(7, "b").is_none());
    shard.insert(7, entry("b", 100), 0);
    assert!(shard.get(7, "a").is_none() && shard.get(7, "b").is_some());
    assert_eq!((shard.len(), shard.bytes()), (1, size()));
}

#[test]
fn what_is_larger_than_the_shard_is_not_kept() {
    let mut shard = Shard::new(size() - 1);
    shard.insert(1, entry("1", 100), 0);
    assert_eq!((shard.len(), shard.bytes()), (0, 0));
    let mut none = Shard::new(0);
    none.insert(1, entry("1", 100), 0);
    assert_eq!(none.len(), 0);
}
