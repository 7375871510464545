//! Where random choices come from: a seed, and nothing else.

/// A stream of choices that is the same for the same seed.
#[derive(Clone, Debug)]
pub struct Choices {
    state: u64,
    plain: bool,
}

impl Choices {
    /// The choices of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            plain: false,
        }
    }

    /// The choices of a seed, without what only attackers and broken software send.
    #[must_use]
    pub fn plain(seed: u64) -> Self {
        Self {
            state: seed,
            plain: true,
        }
    }

    /// The next number (SplitMix64).
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = self.number() >> 16;
        usize::try_from(number).unwrap_or_default() % bound.max(1)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// As [`chance`](Self::chance), for what well-behaved software does not do.
    pub fn odd(&mut self, percent: usize) -> bool {
        self.chance(percent) && !self.plain
    }

    /// A number below `bound`; of plain choices, below `ordinary`.
    pub fn below_ordinary(&mut self, bound: usize, ordinary: usize) -> usize {
        let bound = if self.plain { ordinary } else { bound };
        self.below(bound)
    }

    /// One of a list; of plain choices, one of its first `ordinary`.
    pub fn one_ordinary<T: Copy>(&mut self, list: &[T], ordinary: usize) -> T {
        let count = if self.plain { ordinary } else { list.len() };
        list[self.below(count.min(list.len()))]
    }

    /// One of a list.
    ///
    /// # Panics
    ///
    /// When the list is empty.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Up to `most` of a list, repetitions included.
    pub fn some<T: Copy>(&mut self, list: &[T], most: usize) -> Vec<T> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.one(list)).collect()
    }

    /// A text of up to `most` pieces.
    pub fn text(&mut self, pieces: &[&str], most: usize) -> String {
        self.some(pieces, most).concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_repeatable_and_in_range() {
        let draw = |seed| {
            let mut choices = Choices::new(seed);
            (0..100).map(|_| choices.below(7)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!((0..7).all(|number| draw(3).contains(&number)));
        assert_eq!(Choices::new(1).below(0), 0);
    }
}
