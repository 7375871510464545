//! What a JWT was made for, as its `cat` header says.

use crate::Header;

/// The class of a JWT of Clerk's, from the `cat` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenCategory {
    /// No `cat`: made before categories existed.
    Absent,
    /// A session token; handshake tokens are of this class too.
    Session,
    /// A token made from a JWT template.
    Template,
    /// An M2M token.
    M2m,
    /// A value that some instances put on every token; it says nothing.
    Ignore,
    /// A value that is not known.
    Unknown,
}

impl TokenCategory {
    pub(crate) fn of(cat: Option<&str>) -> Self {
        // CAT-1 to CAT-5.
        match cat {
            None => Self::Absent,
            Some("cl_B7d4PD111AAA") => Self::Session,
            Some("cl_B7d4PD222AAA") => Self::Template,
            Some("cl_B7d4PD333AAA") => Self::M2m,
            Some("cl_I7d4PD111III") => Self::Ignore,
            Some(_) => Self::Unknown,
        }
    }
}

/// Which categories of token a place accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CategoryPolicy {
    /// Whatever the header says: the low-level functions.
    Any,
    /// All but M2M tokens: stand-alone verification, which people use for template tokens too.
    #[default]
    NotM2m,
    /// Session tokens, and tokens that do not say: what may sign a user in.
    Session,
    /// M2M tokens, and tokens that do not say.
    M2m,
}

impl CategoryPolicy {
    /// Whether tokens with this header are accepted.
    #[must_use]
    pub fn accepts(self, header: &Header) -> bool {
        use TokenCategory as Category;
        let category = header.category();
        match self {
            Self::Any => true,
            // CAT-10.
            Self::NotM2m => category != Category::M2m,
            // CAT-11 to CAT-14.
            Self::Session => matches!(
                category,
                Category::Absent | Category::Session | Category::Ignore
            ),
            // CAT-15: "ignore" says nothing, so it cannot be a reason to refuse.
            Self::M2m => matches!(
                category,
                Category::Absent | Category::M2m | Category::Ignore
            ),
        }
    }
}
