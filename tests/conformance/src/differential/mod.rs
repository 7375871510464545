//! The same random calls to this workspace and to the npm package `@clerk/backend`.
//!
//! A [`generate::Case`] is a vector whose tokens, cookie headers and addresses are still [`template`]s, so that it can
//! be made smaller piece by piece and stay well-formed. [`Worker`] asks the JavaScript package what it makes of it;
//! [`judge_one`](crate::judge_one) and the list of deviations decide whether this workspace agrees.
//!
//! The generator needs neither Node nor the network, so property tests draw from it too.

pub mod choices;
pub mod generate;
pub mod template;

mod driver;
mod recorded;
mod shrink;
mod worker;

pub use choices::Choices;
pub use driver::{Options, Summary, run};
pub use recorded::Recorded;
pub use worker::Worker;
