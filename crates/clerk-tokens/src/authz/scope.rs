//! Lists of scoped names, as the claims `fea` and `pla` hold them: `o:articles,u:drafts,ou:invoices`.

use std::fmt;

/// The names of a scoped list, by scope. A name of both scopes is in both lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scoped<'a> {
    /// Names of the organization's scope, in order.
    pub org: Vec<&'a str>,
    /// Names of the user's scope, in order.
    pub user: Vec<&'a str>,
}

/// An element of a scoped list that names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScopelessElement;

impl fmt::Display for ScopelessElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an element of the list has no colon, so it names no scope")
    }
}

impl std::error::Error for ScopelessElement {}

/// Splits the text of a `fea` or `pla` claim by scope. Elements of unknown scopes are left out.
///
/// ```
/// use clerk_tokens::authz::split_by_scope;
///
/// let features = split_by_scope("o:articles, u:drafts, ou:invoices")?;
/// assert_eq!(features.org, ["articles", "invoices"]);
/// assert_eq!(features.user, ["drafts", "invoices"]);
/// # Ok::<(), clerk_tokens::authz::ScopelessElement>(())
/// ```
///
/// # Errors
///
/// When an element has no colon.
pub fn split_by_scope(claim: &str) -> Result<Scoped<'_>, ScopelessElement> {
    let mut scoped = Scoped::default();
    for element in elements(claim) {
        let element = element?;
        if element.scopes.org {
            scoped.org.push(element.name);
        }
        if element.scopes.user {
            scoped.user.push(element.name);
        }
    }
    Ok(scoped)
}

/// The scopes an element belongs to, or that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scopes {
    pub(super) org: bool,
    pub(super) user: bool,
}

impl Scopes {
    pub(super) const BOTH: Self = Self {
        org: true,
        user: true,
    };
    pub(super) const ORG: Self = Self {
        org: true,
        user: false,
    };
    pub(super) const USER: Self = Self {
        org: false,
        user: true,
    };
    const NONE: Self = Self {
        org: false,
        user: false,
    };

    pub(super) fn overlap(self, other: Self) -> bool {
        self.org && other.org || self.user && other.user
    }
}

/// An element of a scoped list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) scopes: Scopes,
    pub(super) name: &'a str,
}

/// The elements of a scoped list, in order; none if the text is empty.
pub(super) fn elements(claim: &str) -> impl Iterator<Item = Result<Element<'_>, ScopelessElement>> {
    // HAS-7: the scope ends at the first colon, the name may hold more of them.
    split_list(claim).map(|element| {
        let (scope, name) = element.split_once(':').ok_or(ScopelessElement)?;
        let scopes = match scope {
            "o" => Scopes::ORG,
            "u" => Scopes::USER,
            "ou" | "uo" => Scopes::BOTH,
            _ => Scopes::NONE,
        };
        Ok(Element { scopes, name })
    })
}

/// The parts of a comma-separated list without the blanks around them; none if the text is empty.
pub(super) fn split_list(list: &str) -> impl Iterator<Item = &str> {
    let parts = (!list.is_empty()).then(|| list.split(','));
    parts.into_iter().flatten().map(trim)
}

/// Trims what JavaScript trims: its blanks differ from Rust's in two characters.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace() && c != '\u{85}')
}
