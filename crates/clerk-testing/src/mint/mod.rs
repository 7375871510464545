//! Tokens as Clerk makes them, signed by published test keys.
//!
//! The builders write header and claims themselves instead of calling the code that verifies them: a mistake in the
//! one would otherwise hide behind the same mistake in the other.

mod keys;
mod machine;
mod org;
mod session;
mod special;
mod token;

pub use keys::TestKey;
pub use machine::{M2mTokenBuilder, OAuthTokenBuilder};
pub use org::TestOrg;
pub use session::SessionTokenBuilder;
pub use special::{HandshakeTokenBuilder, TemplateTokenBuilder};
