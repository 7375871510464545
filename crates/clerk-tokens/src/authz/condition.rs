//! What can be asked of a subject.

use std::borrow::Cow;

use super::permissions::OrgPermissions;
use super::reverification::Reverification;
use super::scope::{Scopes, elements};
use super::subject::Subject;

/// A role in the active organization. `admin` and `org:admin` are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Role<'a>(Cow<'a, str>);

/// A permission in the active organization, in full: `org:<feature>:<permission>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Permission<'a>(Cow<'a, str>);

/// A feature of the plan, of the organization or the user: `sso`, or of one of them: `org:sso`, `user:sso`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Feature<'a>(Cow<'a, str>);

/// A plan of the organization or the user: `pro`, or of one of them: `org:pro`, `user:pro`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plan<'a>(Cow<'a, str>);

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Requirement<'a> {
    /// To have a role.
    Role(Role<'a>),
    /// To have a permission.
    Permission(Permission<'a>),
    /// To have a feature.
    Feature(Feature<'a>),
    /// To have a plan.
    Plan(Plan<'a>),
    /// To have been verified recently.
    Reverification(Reverification),
    /// What nobody meets: a requirement that was not understood.
    Unmeetable,
}

/// One or more requirements, all of which have to be met. There is none that asks for nothing.
///
/// ```
/// use clerk_tokens::authz::{Condition, Feature, Permission, Reverification};
///
/// let condition: Condition<'_> = Permission::new("org:invoices:create")
///     .and(Feature::new("org:billing"))
///     .and(Reverification::strict());
/// assert_eq!(condition.requirements().count(), 3);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition<'a> {
    first: Requirement<'a>,
    rest: Vec<Requirement<'a>>,
}

impl<'a> Condition<'a> {
    /// Every one of several conditions; nothing if there is none.
    pub fn all<C: Into<Self>>(conditions: impl IntoIterator<Item = C>) -> Option<Self> {
        let mut conditions = conditions.into_iter();
        let first = conditions.next()?.into();
        Some(conditions.fold(first, Self::and))
    }

    /// Both conditions.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.rest.push(other.first);
        self.rest.extend(other.rest);
        self
    }

    /// What is required, in the order in which it was said.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement<'a>> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// Whether the subject meets every requirement.
    #[must_use]
    pub fn is_met_by(&self, subject: &Subject<'_>) -> bool {
        self.unmet_by(subject).next().is_none()
    }

    /// The requirements that the subject does not meet.
    pub fn unmet_by(&self, subject: &Subject<'_>) -> impl Iterator<Item = &Requirement<'a>> {
        self.requirements()
            .filter(|requirement| !requirement.is_met_by(subject))
    }
}

impl Requirement<'_> {
    /// Whether the subject meets it.
    #[must_use]
    pub fn is_met_by(&self, subject: &Subject<'_>) -> bool {
        // HAS-2: without a user nothing is held.
        if subject.user_id.is_none_or(str::is_empty) {
            return false;
        }
        match self {
            Self::Role(role) => role.is_held_by(subject),
            Self::Permission(permission) => permission.is_held_by(subject),
            Self::Feature(feature) => is_listed(&feature.0, subject.features),
            Self::Plan(plan) => is_listed(&plan.0, subject.plans),
            Self::Reverification(reverification) => {
                let ages = subject.factor_ages;
                ages.is_some_and(|ages| reverification.is_met_by(ages))
            }
            Self::Unmeetable => false,
        }
    }
}

impl Role<'_> {
    fn is_held_by(&self, subject: &Subject<'_>) -> bool {
        // HAS-4: nothing of an organization is held outside of one.
        let role = subject.org_role.filter(|role| !role.is_empty());
        subject.has_org() && role.is_some_and(|role| without_org(role) == without_org(&self.0))
    }
}

impl Permission<'_> {
    /// Whether this is one of Clerk's system permissions. They are never in session tokens: asking for one on the
    /// server is always answered with no.
    #[must_use]
    pub fn is_system(&self) -> bool {
        without_org(&self.0).starts_with("sys_")
    }

    fn is_held_by(&self, subject: &Subject<'_>) -> bool {
        subject.has_org() && self.is_among(subject.org_permissions)
    }

    pub(super) fn is_among(&self, permissions: OrgPermissions<'_>) -> bool {
        // HAS-4: the asked text is brought to one `org:`, the held ones are compared as they are.
        let name = without_org(&self.0);
        let start = self.0.len() - name.len();
        match start
            .checked_sub(ORG.len())
            .and_then(|start| self.0.get(start..))
        {
            Some(full) => permissions.contains(full),
            None => permissions.contains(&format!("{ORG}{name}")),
        }
    }
}

const ORG: &str = "org:";

/// The text without any number of `org:` at its beginning.
fn without_org(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix(ORG) {
        text = rest;
    }
    text
}

// HAS-6, HAS-7
/// Whether a feature or plan is in the claim that lists them.
fn is_listed(asked: &str, claim: Option<&str>) -> bool {
    let (scopes, name) = match asked.split_once(':') {
        None => (Scopes::BOTH, asked),
        Some(("o" | "org" | "organization", name)) => (Scopes::ORG, name),
        Some(("u" | "user", name)) => (Scopes::USER, name),
        Some(_) => return false,
    };
    // Surplus parts would make `org:a:b` mean `org:a`; an empty name means nothing.
    if name.is_empty() || name.contains(':') {
        return false;
    }
    let mut found = false;
    for element in elements(claim.unwrap_or_default()) {
        // A list with a malformed element proves nothing.
        let Ok(element) = element else { return false };
        found |= element.name == name && element.scopes.overlap(scopes);
    }
    found
}

/// What the types that can be asked for share.
macro_rules! asked_by_name {
    ($($name:ident),*) => {$(
        impl<'a> $name<'a> {
            /// Asks for it by name.
            pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
                Self(name.into())
            }

            /// The name as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

macro_rules! condition {
    ($($name:ident $(<$lifetime:lifetime>)?),*) => {$(
        impl<'a> From<$name $(<$lifetime>)?> for Condition<'a> {
            fn from(asked: $name $(<$lifetime>)?) -> Self {
                Self::from(Requirement::$name(asked))
            }
        }

        impl<'a> $name $(<$lifetime>)? {
            /// This and another condition.
            pub fn and(self, other: impl Into<Condition<'a>>) -> Condition<'a> {
                Condition::from(self).and(other)
            }
        }
    )*};
}

asked_by_name!(Role, Permission, Feature, Plan);
condition!(Role<'a>, Permission<'a>, Feature<'a>, Plan<'a>);

impl Reverification {
    /// This and another condition.
    #[must_use]
    pub fn and<'a>(self, other: impl Into<Condition<'a>>) -> Condition<'a> {
        Condition::from(self).and(other)
    }
}

impl From<Reverification> for Condition<'_> {
    fn from(asked: Reverification) -> Self {
        Self::from(Requirement::Reverification(asked))
    }
}

impl<'a> From<Requirement<'a>> for Condition<'a> {
    fn from(first: Requirement<'a>) -> Self {
        Self {
            first,
            rest: Vec::new(),
        }
    }
}
