//! Keys from the network, kept so that an outage of their source is not one of ours.
//!
//! [`RemoteTokenVerifier`] verifies tokens with keys from any [`KeySource`]. [`RemoteKeys`] fetches an instance's keys from the Backend API or, without any secret, from its Frontend API:
//!
//! | the keys are | what happens |
//! |---|---|
//! | up to 4 minutes old | they serve |
//! | 4 to 5 minutes old | they serve, and are refreshed in the background |
//! | older | requests wait for the refresh, at most 5 s; if the source cannot be reached or cannot answer, the last good keys serve, up to 24 hours after they were loaded |
//! | refused (401, 403, 404 and the like) | they serve 15 minutes more |
//!
//! There is one fetch at a time, however many wait for it; it runs in a task of its own, which nobody cancels by giving
//! up. A token with an unknown `kid` causes a fetch at most every 30 s. Every successful fetch replaces the whole set, so
//! that a key that was removed is trusted no longer. Sets are at most 1 MiB and 100 keys. After a failed fetch nobody asks
//! again for a second, which doubles up to 15 s. All of this is [`JwksPolicy`], and [`JwksObserver`] is told about it.
//!
//! What happens with each kind of answer:
//!
//! | answer | counts as |
//! |---|---|
//! | a set with keys | success; entries without a `kid` are left out, of equal ones the last counts, those that are not RSA for signatures refuse their tokens |
//! | no connection, a broken one, none in time | outage; tried again within the 5 s |
//! | 429, 5xx | outage; tried again, after `Retry-After` if that is soon enough |
//! | a redirect | outage: redirects are not followed |
//! | 2xx with something else: HTML, cut-off JSON, another shape (also of a single entry), no keys, more than 100, more than 1 MiB | outage |
//! | a certificate that is not trusted | outage |
//! | `clerk_key_invalid` | the secret key is refused |
//! | any other 4xx | refused |

mod attempts;
mod builder;
mod decide;
mod document;
mod load_error;
mod observe;
mod origin;
mod policy;
mod refresh;
mod remote;
mod scope;
mod shared;
mod snapshot;
mod source;
mod verdict;
mod verifier;

pub use builder::RemoteKeysBuilder;
pub use load_error::{LoadError, LoadErrorKind};
pub use observe::{JwksEvent, JwksObserver, JwksStatistics};
pub use policy::JwksPolicy;
pub use remote::RemoteKeys;
pub use scope::KeyScope;
pub use source::{InstanceKeys, KeySource};
pub use verifier::RemoteTokenVerifier;

use document::{KeyDocument, KeyEntry};
