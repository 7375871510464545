//! What is told once, not with every request.

use std::sync::atomic::{AtomicBool, Ordering};

/// Which notices an engine has given.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    no_authorized_party: AtomicBool,
}

impl Notices {
    /// Tells once that tokens name no party they were made for.
    pub(crate) fn no_authorized_party(&self) {
        if !self.no_authorized_party.swap(true, Ordering::Relaxed) {
            event!(
                warn,
                "session tokens without the claim azp are accepted: set authorized parties to tell applications on sibling domains apart"
            );
        }
    }
}
