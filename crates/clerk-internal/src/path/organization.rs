//! Which organization a path asks for.

use clerk_errors::ConfigError;

use super::compile::{ParameterValue, PathMatch, PathPatterns};

/// The path patterns that say which organization, or the personal account, a page belongs to.
///
/// A page whose path names another organization than the session's active one is sent through a handshake
/// that activates it.
///
/// ```
/// use clerk_internal::path::{OrganizationSync, OrganizationTarget};
///
/// let sync = OrganizationSync::new(["/orgs/:slug", "/orgs/:slug/(.*)"], ["/me", "/me/(.*)"])?;
/// assert_eq!(sync.target("/orgs/acme/reports"), Some(OrganizationTarget::Slug("acme")));
/// assert_eq!(sync.target("/me"), Some(OrganizationTarget::PersonalAccount));
/// assert_eq!(sync.target("/about"), None);
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct OrganizationSync {
    organization: PathPatterns,
    personal_account: PathPatterns,
}

/// What a path asks to be active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationTarget<'p> {
    /// The organization with this id.
    Id(&'p str),
    /// The organization with this slug.
    Slug(&'p str),
    /// No organization.
    PersonalAccount,
}

impl<'p> OrganizationTarget<'p> {
    /// The value of the `organization_id` parameter of a handshake: id, slug, or empty for the personal account.
    #[must_use]
    pub const fn as_parameter(self) -> &'p str {
        match self {
            Self::Id(text) | Self::Slug(text) => text,
            Self::PersonalAccount => "",
        }
    }
}

impl OrganizationSync {
    /// Compiles the patterns. An organization pattern names its organization by a parameter `id` or `slug`.
    ///
    /// # Errors
    ///
    /// A pattern cannot be read.
    pub fn new<O: AsRef<str>, P: AsRef<str>>(
        organization: impl IntoIterator<Item = O>,
        personal_account: impl IntoIterator<Item = P>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            organization: PathPatterns::new("organization patterns", organization)?,
            personal_account: PathPatterns::new("personal account patterns", personal_account)?,
        })
    }

    /// What the path asks to be active. Organization patterns come first.
    #[must_use]
    pub fn target<'p>(&'p self, path: &'p str) -> Option<OrganizationTarget<'p>> {
        if let Some(found) = self.organization.find(path) {
            // ORG-3: the id wins; a match that names nobody is no target, but the personal patterns still count.
            if let Some(id) = named(&found, "id") {
                return Some(OrganizationTarget::Id(id));
            }
            if let Some(slug) = named(&found, "slug") {
                return Some(OrganizationTarget::Slug(slug));
            }
        }
        self.personal_account
            .is_match(path)
            .then_some(OrganizationTarget::PersonalAccount)
    }
}

fn named<'p>(found: &PathMatch<'p>, name: &str) -> Option<&'p str> {
    match found.parameter(name)? {
        ParameterValue::One(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
