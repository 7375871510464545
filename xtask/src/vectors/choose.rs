//! The choice itself: most new things shown per byte first.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::labels::Label;

/// A vector that may be chosen.
pub(super) struct Candidate {
    /// Bytes of its line.
    pub(super) size: usize,
    /// The tokens it uses, by number, with the bytes of each.
    pub(super) tokens: Vec<(usize, usize)>,
    pub(super) labels: Vec<Label>,
}

/// The largest line worth committing, in bytes.
const LARGEST: usize = 48 * 1024;

/// A candidate in the queue; the value may be out of date, and is then worked out again.
struct Entry {
    value: u64,
    position: usize,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value
            .cmp(&other.value)
            .then_with(|| other.position.cmp(&self.position))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

/// The chosen vectors by position, in that order, together at most this many bytes.
pub(super) fn greedy(candidates: &[Candidate], limit: usize) -> Vec<usize> {
    let mut shown: BTreeMap<&str, u32> = BTreeMap::new();
    let mut tokens: BTreeSet<usize> = BTreeSet::new();
    let mut queue: BinaryHeap<Entry> = (0..)
        .zip(candidates)
        .map(|(position, candidate)| Entry {
            value: value(candidate, &shown, &tokens),
            position,
        })
        .collect();
    let mut used = 0;
    let mut chosen = Vec::new();
    while let Some(Entry {
        value: before,
        position,
    }) = queue.pop()
    {
        let Some(candidate) = candidates.get(position) else {
            continue;
        };
        let now = value(candidate, &shown, &tokens);
        if now == 0 {
            continue;
        }
        if now < before {
            queue.push(Entry {
                value: now,
                position,
            });
            continue;
        }
        let size = size(candidate, &tokens);
        if used + size > limit {
            continue;
        }
        used += size;
        tokens.extend(candidate.tokens.iter().map(|(token, _)| *token));
        for (label, _) in &candidate.labels {
            *shown.entry(label).or_default() += 1;
        }
        chosen.push(position);
    }
    chosen.sort_unstable();
    chosen
}

/// The bytes a candidate adds: its line and the tokens that are not there yet.
fn size(candidate: &Candidate, tokens: &BTreeSet<usize>) -> usize {
    let new = candidate
        .tokens
        .iter()
        .filter(|(token, _)| !tokens.contains(token));
    candidate.size + new.map(|(_, size)| size).sum::<usize>()
}

/// What a candidate adds per byte, scaled; each further example of the same thing is worth half as much.
fn value(candidate: &Candidate, shown: &BTreeMap<&str, u32>, tokens: &BTreeSet<usize>) -> u64 {
    if candidate.size > LARGEST {
        return 0;
    }
    let worth = |(label, worth): &Label| {
        let times = shown.get(label.as_str()).copied().unwrap_or(0);
        u64::from(*worth)
            .checked_shl(16)
            .unwrap_or(0)
            .checked_shr(times)
            .unwrap_or(0)
    };
    let total: u64 = candidate.labels.iter().map(worth).sum();
    // A constant beside the size keeps tiny vectors from crowding out telling ones.
    total * 1024 / (size(candidate, tokens) as u64 + 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(size: usize, labels: &[&str]) -> Candidate {
        let labels = labels
            .iter()
            .map(|label| ((*label).to_owned(), 8))
            .collect();
        Candidate {
            size,
            tokens: Vec::new(),
            labels,
        }
    }

    #[test]
    fn what_is_not_shown_yet_comes_first() {
        let all = [
            candidate(100, &["a"]),
            candidate(100, &["a"]),
            candidate(100, &["b"]),
        ];
        assert_eq!(greedy(&all, 200), [0, 2]);
    }

    #[test]
    fn the_limit_holds_and_includes_tokens() {
        let mut first = candidate(100, &["a", "b"]);
        first.tokens.push((7, 500));
        let mut second = candidate(100, &["c"]);
        second.tokens.push((7, 500));
        assert_eq!(greedy(&[first, second], 700).len(), 2);
        let mut alone = candidate(100, &["a"]);
        alone.tokens.push((7, 500));
        assert_eq!(greedy(&[alone], 599), [0; 0]);
    }

    #[test]
    fn ties_go_to_the_earlier_vector() {
        let all = [candidate(100, &["a"]), candidate(100, &["a"])];
        assert_eq!(greedy(&all, 100), [0]);
    }

    #[test]
    fn huge_vectors_are_left_out() {
        assert_eq!(
            greedy(&[candidate(LARGEST + 1, &["a"])], usize::MAX),
            [0; 0]
        );
    }
}
