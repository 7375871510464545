//! Makes inputs out of seeds, always the same ones for the same seed.

/// A small generator of numbers (xorshift64*) and of damage.
#[derive(Clone, Debug)]
pub struct Mutator {
    state: u64,
}

/// Pieces that mean something to one parser or another.
const PIECES: &[&[u8]] = &[
    b".",
    b"..",
    b"=",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f\xa6\x80",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e999",
    b"-0",
    b"9007199254740993",
    b"{}",
    b"[]",
    b":",
    b",",
    b"$",
    b"_",
    b"-",
    b"+",
    b"/",
    b"\\",
    b"//",
    b"%",
    b"%2f",
    b"%00",
    b"?",
    b"#",
    b"@",
    b"&",
    b" ",
    b"\t",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"e30",
    b"bnVsbA",
    b"eyJhbGciOiJub25lIn0",
    b"\"alg\":\"none\"",
    b"\"crit\":[]",
    b"\"sub\":null",
    b"\"v\":2",
    b"pk_test_",
    b"pk_live_",
    b"https://",
    b"http:",
    b"[::1]",
    b"localhost",
    b"xn--",
    b"o:",
    b"u:",
    b"ou:x",
];

/// Nothing longer than this is made.
const MAX_LENGTH: usize = 64 * 1024;

impl Mutator {
    /// A generator that makes the same inputs for the same number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: seed ^ 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// An input: one of the seeds, damaged.
    #[must_use]
    pub fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(seeds).cloned().unwrap_or_default();
        for _ in 0..=self.below(4) {
            self.damage(&mut input, seeds);
        }
        input.truncate(MAX_LENGTH);
        input
    }

    fn damage(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let (start, end) = self.range(input.len());
        match self.below(10) {
            0 => {
                // One bit turned round.
                let bit = self.below(8);
                if let Some(byte) = input.get_mut(start) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let value = self.below(256) as u8;
                input.insert(start, value);
            }
            2 => drop(input.drain(start..end)),
            3 => input.truncate(start),
            4 => {
                let piece = self.pick(PIECES).copied().unwrap_or_default();
                drop(input.splice(start..start, piece.iter().copied()));
            }
            5 => {
                let piece = self.pick(PIECES).copied().unwrap_or_default();
                drop(input.splice(start..end, piece.iter().copied()));
            }
            6 => {
                // A stretch repeated, often or once.
                let stretch = input.get(start..end).unwrap_or_default();
                let times = [1, 2, 300][self.below(3)];
                let repeated = stretch.repeat(times.min(MAX_LENGTH / stretch.len().max(1)));
                drop(input.splice(start..start, repeated));
            }
            7 => {
                // A stretch of another seed.
                let other = self.pick(seeds).cloned().unwrap_or_default();
                let (from, to) = self.range(other.len());
                let stretch = other.get(from..to).unwrap_or_default().to_vec();
                drop(input.splice(start..end, stretch));
            }
            8 => self.exchange_part(input, seeds),
            _ => self.damage_inside(input),
        }
    }

    /// Exchanges a part between dots for that of another seed.
    fn exchange_part(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let other = self.pick(seeds).cloned().unwrap_or_default();
        let mut parts: Vec<&[u8]> = input.split(|byte| *byte == b'.').collect();
        let others: Vec<&[u8]> = other.split(|byte| *byte == b'.').collect();
        let place = self.below(parts.len());
        if let (Some(part), Some(replacement)) = (parts.get_mut(place), self.pick(&others)) {
            *part = replacement;
        }
        *input = parts.join(&b'.');
    }

    /// Damages what a part between dots encodes.
    fn damage_inside(&mut self, input: &mut Vec<u8>) {
        let parts: Vec<&[u8]> = input.split(|byte| *byte == b'.').collect();
        let place = self.below(parts.len());
        let decoded = parts
            .get(place)
            .and_then(|part| base64_simd::URL_SAFE_NO_PAD.decode_to_vec(part).ok());
        let Some(mut decoded) = decoded else { return };
        let (start, end) = self.range(decoded.len());
        let piece = self.pick(PIECES).copied().unwrap_or_default();
        let end = if self.below(2) == 0 { start } else { end };
        drop(decoded.splice(start..end, piece.iter().copied()));
        let encoded = base64_simd::URL_SAFE_NO_PAD
            .encode_to_string(decoded)
            .into_bytes();
        let mut parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_vec()).collect();
        if let Some(part) = parts.get_mut(place) {
            *part = encoded;
        }
        *input = parts.join(&b'.');
    }

    fn range(&mut self, length: usize) -> (usize, usize) {
        let start = self.below(length + 1);
        let end = start + self.below((length - start).min(64) + 1);
        (start, end)
    }

    fn pick<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        list.get(self.below(list.len().max(1)))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let number = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        number as usize % limit.max(1)
    }
}
