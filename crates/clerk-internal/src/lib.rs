#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

pub mod machine;
pub mod path;
pub mod request;
pub mod state;

mod auth;
mod redirect;
mod reverification;
mod token_type;

pub use auth::{
    ApiKeyAuth, Auth, M2mAuth, OAuthAuth, PendingSessions, SessionAuth, SignedOutAuth,
    strip_private_metadata,
};
pub use redirect::{Redirects, ReturnTo};
pub use reverification::{reverification_error, reverification_response};
pub use token_type::{Accepts, MachineTokenType, TokenType, TokenTypes, UnknownTokenType};
