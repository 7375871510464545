//! The receiver of the guide, under everything that can happen to messages.

use std::time::Duration;

use clerk_core::Clock;
use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
use clerk_webhooks_tests::sync_users::{SCHEMA, receive};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Row, SqlitePool};

const NOW: i64 = 1_774_000_000;

/// A message as it arrives: its id, its headers, its body.
#[derive(Clone)]
struct Message {
    headers: HeaderMap,
    body: Vec<u8>,
}

fn secret() -> SigningSecret {
    SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn verifier() -> WebhookVerifier {
    WebhookVerifier::with_clock(secret(), Clock::fixed(NOW * 1000))
}

/// A signed message, sent some seconds ago.
fn message(id: &str, seconds_ago: i64, event_type: &str, data: &Value) -> Message {
    let body = json!({ "object": "event", "type": event_type, "timestamp": NOW * 1000, "instance_id": "ins_1", "data": data });
    let body = body.to_string().into_bytes();
    let signed = sign(&secret(), id, NOW - seconds_ago, &body);
    let headers = signed
        .pairs()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    Message {
        headers: headers.into_iter().collect(),
        body,
    }
}

fn user(id: &str, first_name: &str, updated_at: i64) -> Value {
    json!({
        "id": id, "object": "user", "first_name": first_name, "last_name": "Lovelace",
        "primary_email_address_id": "idn_2", "password_enabled": true,
        "email_addresses": [
            {"id": "idn_1", "object": "email_address", "email_address": "old@example.com", "reserved": false, "linked_to": []},
            {"id": "idn_2", "object": "email_address", "email_address": format!("{first_name}@example.com"), "reserved": false, "linked_to": []},
        ],
        "created_at": 1, "updated_at": updated_at,
    })
}

/// A database in a file, and as many pools on it as there are instances of the service.
async fn database(instances: usize) -> (tempfile::TempDir, Vec<SqlitePool>) {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("users.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(30));
    let mut pools = Vec::new();
    for _ in 0..instances {
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options.clone());
        pools.push(pool.await.unwrap());
    }
    sqlx::raw_sql(SCHEMA).execute(&pools[0]).await.unwrap();
    (folder, pools)
}

async fn deliver(pool: &SqlitePool, message: &Message) -> StatusCode {
    receive(&verifier(), pool, &message.headers, &message.body).await
}

/// Id, first name, e-mail address, whether it is deleted.
type Row4 = (String, Option<String>, Option<String>, bool);

async fn rows(pool: &SqlitePool) -> Vec<Row4> {
    let rows =
        sqlx::query("SELECT id, first_name, email, deleted FROM users ORDER BY id").fetch_all(pool);
    rows.await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

async fn count(pool: &SqlitePool, table: &str) -> i64 {
    let statement = format!("SELECT COUNT(*) FROM {table}");
    sqlx::query(&statement)
        .fetch_one(pool)
        .await
        .unwrap()
        .get(0)
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for place in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

#[tokio::test]
async fn every_order_ends_in_the_newest_state() {
    let life = [
        message("msg_1", 9, "user.created", &user("user_1", "Ada", 10)),
        message("msg_2", 8, "user.updated", &user("user_1", "Augusta", 20)),
        message("msg_3", 7, "user.updated", &user("user_1", "Countess", 30)),
        message(
            "msg_4",
            6,
            "user.deleted",
            &json!({"id": "user_1", "object": "user", "deleted": true}),
        ),
    ];
    for (messages, name) in [(3, Some("Countess")), (4, None)] {
        for order in permutations(messages) {
            let (_folder, pools) = database(1).await;
            for &index in &order {
                // Each comes twice.
                assert_eq!(deliver(&pools[0], &life[index]).await, StatusCode::OK);
                assert_eq!(deliver(&pools[0], &life[index]).await, StatusCode::OK);
            }
            let email = name.map(|name| format!("{name}@example.com"));
            let expected = (
                "user_1".to_owned(),
                name.map(str::to_owned),
                email,
                name.is_none(),
            );
            assert_eq!(rows(&pools[0]).await, [expected], "{order:?}");
            assert_eq!(count(&pools[0], "clerk_messages").await, messages as i64);
        }
    }
}

#[tokio::test]
async fn a_replayed_message_changes_nothing() {
    let (_folder, pools) = database(1).await;
    let created = message("msg_1", 9, "user.created", &user("user_1", "Ada", 10));
    assert_eq!(deliver(&pools[0], &created).await, StatusCode::OK);
    // Somebody corrects the row by hand; the same message, sent again with a new time as Clerk does, must not undo that.
    sqlx::query("UPDATE users SET first_name = 'by hand'")
        .execute(&pools[0])
        .await
        .unwrap();
    let again = message("msg_1", 1, "user.created", &user("user_1", "Ada", 10));
    assert_eq!(deliver(&pools[0], &created).await, StatusCode::OK);
    assert_eq!(deliver(&pools[0], &again).await, StatusCode::OK);
    assert_eq!(rows(&pools[0]).await[0].1.as_deref(), Some("by hand"));
    // Out of the time window it is not even looked at.
    let old = message("msg_1", 301, "user.created", &user("user_1", "Ada", 10));
    assert_eq!(deliver(&pools[0], &old).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn forged_messages_leave_no_trace() {
    let (_folder, pools) = database(1).await;
    let good = message("msg_1", 9, "user.created", &user("user_1", "Ada", 10));
    let mut other_body = good.clone();
    other_body.body = String::from_utf8(good.body.clone())
        .unwrap()
        .replace("Ada", "Eve")
        .into_bytes();
    let mut other_id = good.clone();
    other_id.headers.insert("svix-id", "msg_2".parse().unwrap());
    let mut unsigned = good.clone();
    unsigned.headers.remove("svix-signature");
    for message in [other_body, other_id, unsigned] {
        assert_eq!(deliver(&pools[0], &message).await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(count(&pools[0], "users").await, 0);
    assert_eq!(count(&pools[0], "clerk_messages").await, 0);
}

#[tokio::test]
async fn what_failed_is_done_when_it_comes_again() {
    let (_folder, pools) = database(1).await;
    let pool = &pools[0];
    let created = message("msg_1", 9, "user.created", &user("user_1", "Ada", 10));
    sqlx::raw_sql("CREATE TRIGGER broken BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(
        deliver(pool, &created).await,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert_eq!(
        count(pool, "clerk_messages").await,
        0,
        "the claim is given back"
    );
    sqlx::raw_sql("DROP TRIGGER broken")
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(deliver(pool, &created).await, StatusCode::OK);
    assert_eq!(rows(pool).await[0].1.as_deref(), Some("Ada"));

    // Data of a form this version does not know: kept coming, not lost.
    let unreadable = message("msg_2", 9, "user.updated", &json!({"id": 7}));
    assert_eq!(
        deliver(pool, &unreadable).await,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert_eq!(count(pool, "clerk_messages").await, 1);
    // What the table is not about is taken note of.
    let other = message("msg_3", 9, "something.new", &json!({"id": 7}));
    assert_eq!(deliver(pool, &other).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_instances_apply_each_message_once() {
    const USERS: usize = 8;
    const INSTANCES: usize = 4;
    let (_folder, pools) = database(INSTANCES).await;
    sqlx::raw_sql(
        "CREATE TABLE applied (id TEXT);
         CREATE TRIGGER count_inserts AFTER INSERT ON clerk_messages BEGIN INSERT INTO applied VALUES (new.id); END",
    )
    .execute(&pools[0])
    .await
    .unwrap();
    let mut messages = Vec::new();
    for number in 0..USERS {
        let id = format!("user_{number}");
        for version in 0..5 {
            let event_type = if version == 0 {
                "user.created"
            } else {
                "user.updated"
            };
            let data = user(&id, &format!("v{version}"), 10 + version);
            messages.push(message(
                &format!("msg_{number}_{version}"),
                9,
                event_type,
                &data,
            ));
        }
        if number % 2 == 0 {
            let data = json!({"id": id, "object": "user", "deleted": true});
            messages.push(message(
                &format!("msg_{number}_gone"),
                9,
                "user.deleted",
                &data,
            ));
        }
    }
    // Every instance gets every message, each in an order of its own, all at the same time.
    let mut tasks = Vec::new();
    for (instance, pool) in pools.iter().enumerate() {
        let pool = pool.clone();
        let mut own = messages.clone();
        let middle = own.len() * instance / INSTANCES;
        own.rotate_left(middle);
        if instance % 2 == 1 {
            own.reverse();
        }
        tasks.push(tokio::spawn(async move {
            for message in own {
                let mut status = deliver(&pool, &message).await;
                // As Clerk does, should the database have been too busy.
                while status != StatusCode::OK {
                    status = deliver(&pool, &message).await;
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        count(&pools[0], "clerk_messages").await,
        messages.len() as i64
    );
    assert_eq!(count(&pools[0], "applied").await, messages.len() as i64);
    for (number, row) in rows(&pools[0]).await.into_iter().enumerate() {
        let gone = number % 2 == 0;
        let name = (!gone).then(|| "v4".to_owned());
        let email = (!gone).then(|| "v4@example.com".to_owned());
        assert_eq!(row, (format!("user_{number}"), name, email, gone));
    }
}
