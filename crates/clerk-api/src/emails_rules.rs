//! What the client checks before e-mails are sent.

use clerk_types::models::{SentEmail, SentEmailResult};

use crate::{
    Call,
    call::is_idempotency_key,
    generated::emails::{CreateEmail, CreateEmailBatch, Emails},
};

/// So many e-mails are taken at once.
const MOST_MESSAGES: usize = 100;

impl Emails<'_> {
    /// Sends an e-mail through Clerk. It needs a text, as HTML or without markup.
    ///
    /// `POST /v1/email`, in JavaScript `emails.create`. With an [idempotency key](Call::idempotency_key) it is sent
    /// once, however often it is called.
    pub fn create(&self, params: CreateEmail) -> Call<SentEmail> {
        let has_text = params.html.is_some() || params.text.is_some();
        self.raw_create(params).require(has_text, NO_TEXT)
    }

    /// Sends 1 to 100 e-mails through Clerk. Each needs a text, as HTML or without markup.
    ///
    /// `POST /v1/email/batch`, in JavaScript `emails.createBatch`. The call succeeds even where single e-mails do
    /// not: look at each result.
    #[doc(alias = "createBatch")]
    pub fn create_batch(&self, params: CreateEmailBatch) -> Call<Vec<SentEmailResult>> {
        let messages = &params.messages;
        let count = (1..=MOST_MESSAGES).contains(&messages.len());
        let has_text = messages
            .iter()
            .all(|message| message.html.is_some() || message.text.is_some());
        let keys = messages
            .iter()
            .filter_map(|message| message.idempotency_key.as_deref())
            .all(is_idempotency_key);
        self.raw_create_batch(params)
            .require(count, "a batch has 1 to 100 e-mails")
            .require(has_text, NO_TEXT)
            .require(
                keys,
                "the idempotency key of an e-mail has characters that cannot be sent",
            )
    }
}

const NO_TEXT: &str = "an e-mail needs `html` or `text`";
