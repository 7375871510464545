//! How recently, and by which factors, somebody has to have been verified.

/// Which factors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// The first factor.
    FirstFactor,
    /// The second factor; the first where no second is enrolled.
    SecondFactor,
    /// Both factors; the first where no second is enrolled.
    MultiFactor,
}

impl Level {
    /// Clerk's text for it: `first_factor`, `second_factor` or `multi_factor`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstFactor => "first_factor",
            Self::SecondFactor => "second_factor",
            Self::MultiFactor => "multi_factor",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut all = [Self::FirstFactor, Self::SecondFactor, Self::MultiFactor].into_iter();
        all.find(|level| level.as_str() == text)
    }
}

/// A requirement to have been verified recently.
///
/// Ages are those at the time the token was issued; they do not grow with the age of the token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reverification {
    level: Level,
    after_minutes: f64,
    name: Option<&'static str>,
}

impl Reverification {
    /// Both factors within 10 minutes.
    #[must_use]
    pub const fn strict_mfa() -> Self {
        Self::preset(Level::MultiFactor, 10.0, "strict_mfa")
    }

    /// The second factor within 10 minutes.
    #[must_use]
    pub const fn strict() -> Self {
        Self::preset(Level::SecondFactor, 10.0, "strict")
    }

    /// The second factor within an hour.
    #[must_use]
    pub const fn moderate() -> Self {
        Self::preset(Level::SecondFactor, 60.0, "moderate")
    }

    /// The second factor within a day.
    #[must_use]
    pub const fn lax() -> Self {
        Self::preset(Level::SecondFactor, 1440.0, "lax")
    }

    /// Factors of a level within a number of minutes; nobody meets a number that is not above 0.
    ///
    /// ```
    /// use clerk_tokens::authz::{FactorAges, Level, Reverification, Subject};
    ///
    /// let recently = Reverification::custom(Level::FirstFactor, 5);
    /// let subject = Subject { user_id: Some("user_2abc"), factor_ages: FactorAges::from_minutes(4.0, -1.0), ..Subject::default() };
    /// assert!(subject.has(recently));
    /// ```
    #[must_use]
    pub fn custom(level: Level, after_minutes: impl Into<f64>) -> Self {
        Self {
            level,
            after_minutes: after_minutes.into(),
            name: None,
        }
    }

    const fn preset(level: Level, after_minutes: f64, name: &'static str) -> Self {
        Self {
            level,
            after_minutes,
            name: Some(name),
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let mut presets = [
            Self::strict_mfa(),
            Self::strict(),
            Self::moderate(),
            Self::lax(),
        ]
        .into_iter();
        presets.find(|preset| preset.name == Some(name))
    }

    /// Which factors count.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// From which age on, in minutes, a verification no longer counts.
    #[must_use]
    pub const fn after_minutes(&self) -> f64 {
        self.after_minutes
    }

    /// The preset's name, if it is one.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Whether verifications of these ages are recent enough.
    #[must_use]
    pub fn is_met_by(&self, ages: FactorAges) -> bool {
        // HAS-10: an age equal to the limit is stale.
        let fresh = |age: Option<f64>| age.is_some_and(|age| self.after_minutes > age);
        let (first, second) = (fresh(ages.first), fresh(ages.second));
        match (self.level, ages.first, ages.second) {
            (_, None, None) => false,
            (Level::FirstFactor, _, _) | (Level::SecondFactor | Level::MultiFactor, _, None) => {
                first
            }
            (Level::SecondFactor, _, Some(_)) => second,
            (Level::MultiFactor, _, Some(_)) => first && second,
        }
    }
}

/// Minutes since each factor was verified, as the claim `fva` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorAges {
    first: Option<f64>,
    second: Option<f64>,
}

impl FactorAges {
    /// The ages in minutes, -1 for a factor that is not enrolled; nothing if a number is neither -1 nor an age.
    #[must_use]
    pub fn from_minutes(first: f64, second: f64) -> Option<Self> {
        let age = |minutes: f64| {
            if minutes == -1.0 {
                Some(None)
            } else {
                (minutes.is_finite() && minutes >= 0.0).then_some(Some(minutes))
            }
        };
        Some(Self {
            first: age(first)?,
            second: age(second)?,
        })
    }

    /// Minutes since the first factor was verified; nothing if it is not enrolled.
    #[must_use]
    pub const fn first(&self) -> Option<f64> {
        self.first
    }

    /// Minutes since the second factor was verified; nothing if it is not enrolled.
    #[must_use]
    pub const fn second(&self) -> Option<f64> {
        self.second
    }
}
