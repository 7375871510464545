//! The methods of a guard, for the middleware that carries one.

pub use clerk_tokens::AcceptsToken;
pub use clerk_tokens::authz::{Condition, Reverification};

/// Gives a type with a field `guard` the methods of [`Guard`](super::Guard) that add to it: in every framework the same.
#[doc(hidden)]
#[macro_export]
macro_rules! guard_methods {
    () => {
        $crate::guard_methods! {@forward
            /// Accepts these kinds of token, where otherwise only session tokens are, or where scopes are asked for only machine
            /// tokens.
            accepts(accepts: impl Into<$crate::guard::forward::AcceptsToken>);
            /// Asks for a role in the active organization.
            role(role: impl Into<String>);
            /// Asks for a permission in the active organization, in full: `org:<feature>:<permission>`.
            permission(permission: impl Into<String>);
            /// Asks for a feature of the organization's or user's plan: `sso`, `org:sso` or `user:sso`.
            feature(feature: impl Into<String>);
            /// Asks for a plan of the organization or the user: `pro`, `org:pro` or `user:pro`.
            plan(plan: impl Into<String>);
            /// Asks for a recent verification of the user. Where nothing else is missing, Clerk's front-end libraries are told to
            /// ask for it.
            reverification(reverification: $crate::guard::forward::Reverification);
            /// Asks for whatever a user can hold.
            condition(condition: impl Into<$crate::guard::forward::Condition<'static>>);
            /// Asks for a scope of the machine's token.
            scope(scope: impl Into<Box<str>>);
            /// Asks for anything else of an authenticated caller, of a kind that is accepted.
            predicate(holds: impl Fn(&$crate::Auth) -> bool + Send + Sync + 'static);
            /// Lets pending sessions count as signed in, for the pages where users complete them.
            pending_sessions(pending: $crate::PendingSessions);
            /// Also lets through who meets another guard. How callers are turned away is said by this one.
            or(other: $crate::guard::Guard);
            /// Redirects who is not signed in to this URL, whatever was asked for.
            unauthenticated_url(url: impl AsRef<str>);
            /// Redirects who is signed in and may not to this URL, whatever was asked for.
            unauthorized_url(url: impl AsRef<str>);
            /// Answers 404 to who is turned away, so that nobody learns that there is something.
            hidden();
        }
    };
    (@forward $($(#[$meta:meta])* $name:ident($($argument:ident: $type:ty),*);)+) => {$(
        $(#[$meta])*
        pub fn $name(mut self, $($argument: $type),*) -> Self {
            self.guard = self.guard.$name($($argument),*);
            self
        }
    )+};
}
