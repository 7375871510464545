//! Opaque machine tokens that Clerk vouched for a moment ago.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clerk_errors::{ConfigError, ConfigErrorKind};
use moka::future::Cache;
use serde_json::Value;

use crate::decide::CallFailure;
use crate::machine::read_answer;
use crate::token_type::MachineTokenType;

/// How late a revocation may be noticed.
const MAX_LIFETIME: Duration = Duration::from_secs(60);

/// How many bytes of answers are kept; a token's takes about half a kilobyte.
const MAX_BYTES: u64 = 16 << 20;

/// What an entry takes besides the answer's text: its key, its times, its place.
const ENTRY_BYTES: usize = 128;

/// Good answers, each kept for a while.
///
/// The engine's clock judges how long; the cache's own clock only frees memory.
pub(crate) struct MachineCache {
    answers: Cache<[u8; 32], Remembered>,
    lifetime_ms: i64,
    recalled: AtomicU64,
}

#[derive(Clone)]
struct Remembered {
    answer: Arc<Value>,
    until_ms: i64,
    bytes: u32,
}

/// Why an answer is not kept.
enum NotKept {
    /// It vouches for nothing.
    Answer(Arc<Value>),
    Failure(CallFailure),
}

impl MachineCache {
    /// A cache whose entries live this long.
    pub(crate) fn new(lifetime: Duration) -> Result<Self, ConfigError> {
        if lifetime > MAX_LIFETIME || lifetime < Duration::from_millis(1) {
            return Err(ConfigError::new(
                ConfigErrorKind::Unsafe,
                "the lifetime of the machine cache",
                "is not between a millisecond and 60 seconds",
            )
            .with_fix("a revoked token is accepted for as long as that: choose a short time"));
        }
        Ok(Self {
            answers: Cache::builder()
                .max_capacity(MAX_BYTES)
                .weigher(|_, remembered: &Remembered| remembered.bytes)
                .time_to_live(lifetime)
                .build(),
            lifetime_ms: i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX),
            recalled: AtomicU64::new(0),
        })
    }

    /// How many answers came from memory, or from a call that another request made.
    pub(crate) fn recalled(&self) -> u64 {
        self.recalled.load(Ordering::Relaxed)
    }

    /// The answer about a token, asked for by one request at a time. `key` is the hash of token, kind and secret key.
    pub(crate) async fn answer(
        &self,
        key: [u8; 32],
        token_type: MachineTokenType,
        now_ms: i64,
        ask: impl Future<Output = Result<Value, CallFailure>>,
    ) -> Result<Arc<Value>, CallFailure> {
        if let Some(remembered) = self.answers.get(&key).await {
            if now_ms < remembered.until_ms {
                self.recalled.fetch_add(1, Ordering::Relaxed);
                return Ok(remembered.answer);
            }
            self.answers.invalidate(&key).await;
        }
        let mut is_own = false;
        let asked = async {
            is_own = true;
            let answer = Arc::new(ask.await.map_err(NotKept::Failure)?);
            match self.until_ms(token_type, &answer, now_ms) {
                Some(until_ms) => Ok(Remembered {
                    bytes: size_of_answer(&answer),
                    answer,
                    until_ms,
                }),
                None => Err(NotKept::Answer(answer)),
            }
        };
        let answer = match self.answers.try_get_with(key, asked).await {
            Ok(remembered) => Ok(remembered.answer),
            Err(not_kept) => match &*not_kept {
                NotKept::Answer(answer) => Ok(Arc::clone(answer)),
                NotKept::Failure(failure) => Err(failure.clone()),
            },
        };
        if !is_own {
            self.recalled.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Until when an answer may be kept: not beyond the token's expiry, and not at all unless it vouches for the token.
    fn until_ms(&self, token_type: MachineTokenType, answer: &Value, now_ms: i64) -> Option<i64> {
        let token = read_answer(token_type, answer, now_ms).ok()?;
        let until_ms = now_ms.saturating_add(self.lifetime_ms);
        let expires_at_ms = token.common().expires_at_ms.unwrap_or(i64::MAX);
        Some(until_ms.min(expires_at_ms))
    }
}

fn size_of_answer(answer: &Value) -> u32 {
    u32::try_from(answer.to_string().len() + ENTRY_BYTES).unwrap_or(u32::MAX)
}
