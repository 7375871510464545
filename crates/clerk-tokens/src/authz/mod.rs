//! What the bearer of a session token may do: roles, permissions, features, plans, reverification.
//!
//! A [`Condition`] is asked of a [`Subject`], a borrowed view of a session's claims. Everything fails closed: what is
//! missing, of the wrong form or not understood is not held.
//!
//! ```
//! use clerk_tokens::authz::{Condition, OrgPermissions, PackedPermissions, Permission, Reverification, Role, Subject};
//! use clerk_tokens::authz::FactorAges;
//!
//! let subject = Subject {
//!     user_id: Some("user_2abc"),
//!     org_id: Some("org_2abc"),
//!     org_role: Some("org:admin"),
//!     org_permissions: OrgPermissions::Packed(PackedPermissions {
//!         features: "o:invoices",
//!         permissions: "read,create",
//!         map: "3",
//!     }),
//!     factor_ages: FactorAges::from_minutes(2.0, 12.0),
//!     ..Subject::default()
//! };
//! assert!(subject.has(Role::new("admin")));
//! assert!(subject.has(Permission::new("org:invoices:create")));
//! assert!(!subject.has(Permission::new("org:invoices:create").and(Reverification::strict())));
//! ```

mod claims;
mod condition;
mod params;
mod permissions;
mod reverification;
mod scope;
mod subject;

#[cfg(test)]
mod tests;

pub use condition::{Condition, Feature, Permission, Plan, Requirement, Role};
pub use permissions::{OrgPermissions, PackedPermissions, PermissionMap};
pub use reverification::{FactorAges, Level, Reverification};
pub use scope::{Scoped, ScopelessElement, split_by_scope};
pub use subject::Subject;
