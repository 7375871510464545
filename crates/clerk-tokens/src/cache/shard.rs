//! One part of the cache, behind one lock.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Header, SessionClaims, VerifyingKey};

/// What an entry costs beside its own fields: its place in map and queue, and the counters of shared parts.
const OVERHEAD: usize = 96;
/// How many entries an insertion looks at to find expired ones, so that memory shrinks again after a busy hour.
const SWEPT: usize = 2;

/// A verified token and everything that a hit judges again.
pub(super) struct Entry {
    token: Box<str>,
    pub(super) header: Arc<Header>,
    pub(super) claims: SessionClaims,
    pub(super) key: VerifyingKey,
    expires_at_ms: i64,
    bytes: usize,
    /// Whether it was asked for since it was last considered for eviction.
    used: AtomicBool,
}

impl Entry {
    pub(super) fn new(
        token: &str,
        header: &Arc<Header>,
        claims: &SessionClaims,
        key: &VerifyingKey,
        expires_at_ms: i64,
    ) -> Self {
        // The header is shared by all tokens of a key, and the key by all its headers.
        let bytes = size_of::<Self>() + OVERHEAD + token.len() + claims.payload().size();
        Self {
            token: token.into(),
            header: Arc::clone(header),
            claims: claims.clone(),
            key: key.clone(),
            expires_at_ms,
            bytes,
            used: AtomicBool::new(false),
        }
    }
}

/// Entries by the hash of their token, and the order they came in.
pub(super) struct Shard {
    entries: HashMap<u64, Entry, BuildHasherDefault<Hashed>>,
    /// Oldest first; every entry is here once.
    order: VecDeque<u64>,
    bytes: usize,
    max_bytes: usize,
}

impl Shard {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            entries: HashMap::default(),
            order: VecDeque::new(),
            bytes: 0,
            max_bytes,
        }
    }

    pub(super) fn get(&self, hash: u64, token: &str) -> Option<&Entry> {
        // The hash only finds the place; the token itself decides.
        let entry = self
            .entries
            .get(&hash)
            .filter(|entry| *entry.token == *token)?;
        if !entry.used.load(Ordering::Relaxed) {
            entry.used.store(true, Ordering::Relaxed);
        }
        Some(entry)
    }

    pub(super) fn insert(&mut self, hash: u64, entry: Entry, now_ms: i64) {
        if entry.bytes > self.max_bytes {
            return;
        }
        for _ in 0..SWEPT {
            self.drop_oldest_if(|oldest| oldest.expires_at_ms < now_ms);
        }
        while self.bytes + entry.bytes > self.max_bytes {
            self.evict(now_ms);
        }
        self.bytes += entry.bytes;
        match self.entries.insert(hash, entry) {
            Some(previous) => self.bytes -= previous.bytes,
            None => self.order.push_back(hash),
        }
    }

    /// Drops the oldest entry that has expired or was not used lately; used ones get a second turn.
    fn evict(&mut self, now_ms: i64) {
        for _ in 0..self.order.len() {
            let spared = self.drop_oldest_if(|oldest| {
                oldest.expires_at_ms < now_ms || !oldest.used.swap(false, Ordering::Relaxed)
            });
            match spared {
                Some(hash) => {
                    self.order.pop_front();
                    self.order.push_back(hash);
                }
                None => return,
            }
        }
        self.drop_oldest_if(|_| true);
    }

    /// Drops the oldest entry if it deserves it; otherwise returns its hash.
    fn drop_oldest_if(&mut self, deserves: impl FnOnce(&Entry) -> bool) -> Option<u64> {
        let hash = *self.order.front()?;
        if self
            .entries
            .get(&hash)
            .is_some_and(|entry| !deserves(entry))
        {
            return Some(hash);
        }
        self.order.pop_front();
        if let Some(dropped) = self.entries.remove(&hash) {
            self.bytes -= dropped.bytes;
        }
        None
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.max_bytes);
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Passes on a number that is a hash already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
