//! Keeps a table of users equal to Clerk's, by webhooks.

use std::error::Error;

use clerk_webhooks::{Delivery, EventData, WebhookVerifier};
use http::{HeaderMap, StatusCode};
use sqlx::{SqliteConnection, SqlitePool};

/// The table of users, and the ids of the messages that were applied.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id         TEXT PRIMARY KEY,
        email      TEXT,
        first_name TEXT,
        last_name  TEXT,
        updated_at INTEGER NOT NULL,               -- Clerk's time, in milliseconds
        deleted    BOOLEAN NOT NULL DEFAULT FALSE  -- the row stays, its content goes
    );
    CREATE TABLE IF NOT EXISTS clerk_messages (
        id         TEXT PRIMARY KEY,
        sent_at    INTEGER NOT NULL                -- in seconds; remove rows older than a week
    );
";

/// Answers one request of Clerk. Any status but a 2xx makes Clerk send the message again, later and later, for a day or more.
pub async fn receive(
    verifier: &WebhookVerifier,
    database: &SqlitePool,
    headers: &HeaderMap,
    body: &[u8],
) -> StatusCode {
    let delivery = match verifier.verify(headers, body) {
        Ok(delivery) => delivery,
        Err(error) => {
            eprintln!("{error}");
            return StatusCode::BAD_REQUEST;
        }
    };
    match apply(database, &delivery).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            eprintln!("message {}: {error}", delivery.id());
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// Applies one message: once, and wholly or not at all.
pub async fn apply(
    database: &SqlitePool,
    delivery: &Delivery,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut transaction = database.begin().await?;
    // Claim and change are one transaction. Where two instances hold the same message, the second waits here for the
    // first: if that one commits, nothing is left to do; if it fails, the claim is free again.
    let claimed = sqlx::query(
        "INSERT INTO clerk_messages (id, sent_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
    )
    .bind(delivery.id())
    .bind(delivery.sent_at())
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if claimed == 1 {
        change(&mut transaction, delivery).await?;
        transaction.commit().await?;
    }
    Ok(())
}

async fn change(
    database: &mut SqliteConnection,
    delivery: &Delivery,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    match delivery.event()? {
        EventData::UserCreated(user) | EventData::UserUpdated(user) => {
            let primary = user.primary_email_address_id.as_deref();
            let email = user
                .email_addresses
                .iter()
                .find(|email| primary.is_some_and(|id| email.id.as_deref() == Some(id)))
                .map(|email| email.email_address.as_str());
            // Messages overtake each other: an older state never replaces a newer one, and nothing brings back a user
            // who is gone.
            sqlx::query(
                "INSERT INTO users (id, email, first_name, last_name, updated_at) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET
                     email = excluded.email, first_name = excluded.first_name,
                     last_name = excluded.last_name, updated_at = excluded.updated_at
                 WHERE excluded.updated_at >= users.updated_at AND NOT users.deleted",
            )
            .bind(&user.id)
            .bind(email)
            .bind(&user.first_name)
            .bind(&user.last_name)
            .bind(user.updated_at.as_millis())
            .execute(database)
            .await?;
        }
        EventData::UserDeleted(user) => {
            // Also where the user was never seen: the news of the creation may still be on its way.
            sqlx::query(
                "INSERT INTO users (id, updated_at, deleted) VALUES (?, ?, TRUE)
                 ON CONFLICT (id) DO UPDATE SET
                     email = NULL, first_name = NULL, last_name = NULL, deleted = TRUE",
            )
            .bind(user.id)
            .bind(delivery.occurred_at().unwrap_or_default())
            .execute(database)
            .await?;
        }
        _ => {}
    }
    Ok(())
}
