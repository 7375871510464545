//! Who is asked.

use super::condition::Condition;
use super::permissions::OrgPermissions;
use super::reverification::FactorAges;

/// The claims of a session that authorization looks at, borrowed.
///
/// A member that is absent or not of its type is left out; nothing is held through it then.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The user.
    pub user_id: Option<&'a str>,
    /// The active organization.
    pub org_id: Option<&'a str>,
    /// The user's role in it, with or without `org:`.
    pub org_role: Option<&'a str>,
    /// The user's permissions in it.
    pub org_permissions: OrgPermissions<'a>,
    /// The claim `fea`: scoped features.
    pub features: Option<&'a str>,
    /// The claim `pla`: scoped plans.
    pub plans: Option<&'a str>,
    /// When the factors were verified.
    pub factor_ages: Option<FactorAges>,
}

impl Subject<'_> {
    /// Whether the subject meets a condition.
    #[must_use]
    pub fn has<'c>(&self, condition: impl Into<Condition<'c>>) -> bool {
        condition.into().is_met_by(self)
    }

    pub(super) fn has_org(&self) -> bool {
        self.org_id.is_some_and(|id| !id.is_empty())
    }
}
