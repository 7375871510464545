//! One question to the engine, asked until there is an answer.

use std::sync::Arc;

use super::Inner;
use crate::context::{Reading, RequestContext};
use crate::decide::{Answers, Case, Decision, Need, decide};
use crate::driver::CachedKeys;
use crate::request::RequestView;
use crate::settings::Settings;

/// Settings, keys and calls for one question.
pub(super) struct Question<'a> {
    pub(super) inner: &'a Inner,
    pub(super) settings: &'a Arc<Settings>,
    pub(super) keys: CachedKeys<'a>,
}

/// More than any request takes: three keys, a handshake's answer, a refresh.
const MAX_ROUNDS: usize = 8;

impl Question<'_> {
    fn case<'a, 'c>(
        &'a self,
        cx: &'a RequestContext<'c>,
        answers: &'a Answers,
        may_call: bool,
    ) -> Case<'a, 'c> {
        let inner = self.inner;
        Case {
            cx,
            answers,
            keys: &self.keys,
            settings: self.settings,
            can_call: may_call && inner.driver.calls.is_some(),
            can_load_keys: may_call && inner.driver.keys.is_some(),
            notices: &inner.notices,
            #[cfg(feature = "token-cache")]
            cache: inner.cache.as_ref(),
        }
    }

    /// What is known at once.
    pub(super) fn ask_once(&self, view: RequestView<'_>, may_call: bool) -> Decision {
        let reading = Reading::of(view, self.settings);
        let cx = RequestContext::new(&reading, self.settings, self.inner.clock.now_ms());
        decide(self.case(&cx, &Answers::default(), may_call))
    }

    /// Asks, and fetches what that takes, until there is an answer; `None` if there never is one.
    pub(super) async fn ask<T>(
        &self,
        view: RequestView<'_>,
        decide: impl Fn(Case<'_, '_>) -> Result<T, Box<Need>>,
    ) -> Option<T> {
        let reading = Reading::of(view, self.settings);
        let cx = RequestContext::new(&reading, self.settings, self.inner.clock.now_ms());
        let mut answers = Answers::default();
        for _ in 0..MAX_ROUNDS {
            let need = match decide(self.case(&cx, &answers, true)) {
                Ok(answer) => return Some(answer),
                Err(need) => need,
            };
            let fetch_anew = self.settings.skip_jwks_cache;
            self.inner
                .driver
                .fetch(self.keys.call, *need, fetch_anew, cx.now_ms, &mut answers)
                .await;
        }
        None
    }
}
