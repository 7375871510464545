//! Identifiers and unguessable texts.

use clerk_core::crypto::sha256;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Makes identifiers from a seed: unguessable without it, unique by a counter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    seed: [u8; 32],
    counter: u64,
}

impl Ids {
    /// Starts from a seed of the operating system.
    pub(crate) fn random() -> std::io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
        Ok(Self { seed, counter: 0 })
    }

    /// Thirty-two unguessable bytes.
    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        self.counter += 1;
        let mut input = self.seed.to_vec();
        input.extend_from_slice(&self.counter.to_be_bytes());
        sha256(&input)
    }

    /// A new identifier: the prefix and 27 characters.
    pub(crate) fn next(&mut self, prefix: &str) -> String {
        let digest = self.bytes();
        let mut id = String::with_capacity(prefix.len() + 27);
        id.push_str(prefix);
        id.extend(digest.iter().take(27).filter_map(|byte| {
            ALPHABET
                .get(usize::from(*byte) % ALPHABET.len())
                .map(|letter| char::from(*letter))
        }));
        id
    }
}
