//! Every event type of the description is read into its variant, and written again without a loss.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test that cannot go on fails"
)]

mod described;

use clerk_core::Clock;
use clerk_webhooks::{Delivery, EventData, SigningSecret, WebhookVerifier, sign};
use described::{Description, Form};
use serde_json::{Value, json};

const NOW: i64 = 1_774_000_000;

fn deliver(event_type: &str, data: &Value) -> Delivery {
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let body = json!({ "object": "event", "type": event_type, "data": data }).to_string();
    let signed = sign(&secret, "msg_1", NOW, body.as_bytes());
    WebhookVerifier::with_clock(secret, Clock::fixed(NOW * 1000))
        .verify(&signed.pairs(), body.as_bytes())
        .unwrap()
}

/// Every form a payload is built in; the most values an enum has are a dozen.
fn forms() -> impl Iterator<Item = Form> {
    (0..12)
        .map(Form::Full)
        .chain([Form::Nulls, Form::Required, Form::UnknownValues])
}

/// The places where something of `before` is missing or different in `after`. Null may become nothing or an empty one.
fn losses(before: &Value, after: &Value, at: &str) -> Vec<String> {
    match (before, after) {
        (Value::Null, Value::Null) => Vec::new(),
        (Value::Null, Value::Array(list)) if list.is_empty() => Vec::new(),
        (Value::Null, Value::Object(map)) if map.is_empty() => Vec::new(),
        (Value::Object(before), Value::Object(after)) => before
            .iter()
            .flat_map(|(name, value)| {
                let after = after.get(name).unwrap_or(&Value::Null);
                losses(value, after, &format!("{at}/{name}"))
            })
            .collect(),
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => before
            .iter()
            .zip(after)
            .enumerate()
            .flat_map(|(index, (before, after))| losses(before, after, &format!("{at}/{index}")))
            .collect(),
        _ if before == after => Vec::new(),
        _ => vec![format!("{at}: {before} became {after}")],
    }
}

/// The event types of each requirement: those of the description and those of the JavaScript types.
const EVENT_TYPES: &[(&str, &[&str])] = &[
    ("WH-20", &["user.created", "user.updated"]),
    ("WH-21", &["user.deleted"]),
    (
        "WH-22",
        &[
            "session.created",
            "session.ended",
            "session.removed",
            "session.revoked",
        ],
    ),
    ("WH-23", &["session.pending"]),
    ("WH-24", &["email.created"]),
    ("WH-25", &["sms.created"]),
    ("WH-26", &["organization.created", "organization.updated"]),
    ("WH-27", &["organization.deleted"]),
    (
        "WH-28",
        &["organizationDomain.created", "organizationDomain.updated"],
    ),
    ("WH-29", &["organizationDomain.deleted"]),
    (
        "WH-30",
        &[
            "organizationMembership.created",
            "organizationMembership.updated",
            "organizationMembership.deleted",
        ],
    ),
    (
        "WH-31",
        &[
            "organizationInvitation.created",
            "organizationInvitation.revoked",
        ],
    ),
    ("WH-32", &["organizationInvitation.accepted"]),
    ("WH-33", &["role.created", "role.updated", "role.deleted"]),
    (
        "WH-34",
        &[
            "permission.created",
            "permission.updated",
            "permission.deleted",
        ],
    ),
    ("WH-35", &["waitlistEntry.created", "waitlistEntry.updated"]),
    (
        "WH-36",
        &["paymentAttempt.created", "paymentAttempt.updated"],
    ),
    (
        "WH-37",
        &[
            "subscription.created",
            "subscription.updated",
            "subscription.active",
            "subscription.pastDue",
        ],
    ),
    (
        "WH-38",
        &[
            "subscriptionItem.created",
            "subscriptionItem.updated",
            "subscriptionItem.active",
            "subscriptionItem.canceled",
            "subscriptionItem.upcoming",
            "subscriptionItem.ended",
            "subscriptionItem.abandoned",
            "subscriptionItem.incomplete",
            "subscriptionItem.pastDue",
            "subscriptionItem.freeTrialEnding",
        ],
    ),
];

// covers: WH-20, WH-21, WH-22, WH-23, WH-24, WH-25, WH-26, WH-27, WH-28, WH-29, WH-30, WH-31, WH-32, WH-33, WH-34, WH-35
// covers: WH-36, WH-37, WH-38, HIST-95
#[test]
fn every_event_type_has_a_variant_of_its_own() {
    let mut expected: Vec<&str> = EVENT_TYPES
        .iter()
        .flat_map(|(_, types)| types.iter().copied())
        .collect();
    let mut known = EventData::EVENT_TYPES.to_vec();
    expected.sort_unstable();
    known.sort_unstable();
    assert_eq!(known, expected);
    let description = Description::read();
    let described = |event_type: &str| {
        let mut events = description.events.iter();
        events.any(|(known, _)| known == event_type)
    };
    assert!(
        description
            .events
            .iter()
            .all(|(e, _)| known.contains(&e.as_str()))
    );
    // Only the JavaScript types have this one.
    let undescribed: Vec<&str> = known.into_iter().filter(|e| !described(e)).collect();
    assert_eq!(undescribed, ["subscriptionItem.created"]);
}

// covers: WH-20, WH-21, WH-22, WH-23, WH-24, WH-25, WH-26, WH-27, WH-28, WH-29, WH-30, WH-31, WH-32, WH-33, WH-34, WH-35
// covers: WH-36, WH-37, WH-38
#[test]
fn no_described_event_loses_anything() {
    let description = Description::read();
    assert_eq!(description.events.len(), 45);
    for (event_type, t) in &description.events {
        for form in forms() {
            let data = description.value(t, form);
            let event = deliver(event_type, &data).event();
            let event = event.unwrap_or_else(|error| panic!("{form:?}: {error}\n{data:#}"));
            assert_eq!(event.event_type(), event_type);
            assert!(!matches!(event, EventData::Unknown { .. }), "{event_type}");
            let written = serde_json::to_value(&event).unwrap();
            let losses = losses(&data, &written, event_type);
            assert!(losses.is_empty(), "{form:?}: {losses:#?}");
            // What was written reads as the same event.
            assert_eq!(deliver(event_type, &written).event().unwrap(), event);
        }
    }
}

// covers: WH-13
#[test]
fn unknown_types_and_members_survive() {
    let data = json!({"id": "x_1", "nested": {"a": [1, "x", null, 1.5, {"b": {}}]}, "big": 9_007_199_254_740_993_u64});
    let delivery = deliver("something.brandNew", &data);
    let event = delivery.event().unwrap();
    assert_eq!(event.event_type(), "something.brandNew");
    assert_eq!(serde_json::to_value(&event).unwrap(), data);
    match event {
        EventData::Unknown {
            event_type,
            data: read,
        } => {
            assert_eq!((event_type.as_str(), read), ("something.brandNew", data));
        }
        other => panic!("{other:?}"),
    }
    let mut user = Description::read().value("ref(User)", Form::Full(0));
    user["brand_new"] = json!({"a": [1, null]});
    user["email_addresses"][0]["brand_new"] = json!(1);
    let delivery = deliver("user.created", &user);
    assert!(matches!(delivery.event(), Ok(EventData::UserCreated(_))));
    let raw: Value = serde_json::from_str(delivery.data().get()).unwrap();
    assert_eq!(raw, user);
}

// covers: WH-13
#[test]
fn data_of_another_form_is_named_by_place_and_still_there() {
    let mut user = Description::read().value("ref(User)", Form::Full(0));
    user["email_addresses"][0]["id"] = json!(["s3cr3t"]);
    let delivery = deliver("user.created", &user);
    let error = delivery.event().unwrap_err();
    assert_eq!(error.event_type(), "user.created");
    assert_eq!(error.path(), "email_addresses[0].id");
    let message = error.to_string();
    assert!(message.contains("user.created") && message.contains("email_addresses[0].id"));
    assert!(!message.contains("s3cr3t"), "{message}");
    let raw: Value = serde_json::from_str(delivery.data().get()).unwrap();
    assert_eq!(raw, user);
    for data in [json!(null), json!([]), json!("x"), json!({})] {
        let error = deliver("user.created", &data).event().unwrap_err();
        assert_eq!(error.event_type(), "user.created", "{data}");
    }
    // Deeper than anything that means something.
    let deep = "[".repeat(500) + &"]".repeat(500);
    let deep: Box<serde_json::value::RawValue> = serde_json::from_str(&deep).unwrap();
    let secret = SigningSecret::parse("whsec_YWJjZA==").unwrap();
    let body = format!(r#"{{"type":"a.b","data":{deep}}}"#);
    let signed = sign(&secret, "msg_1", NOW, body.as_bytes());
    let verifier = WebhookVerifier::with_clock(secret, Clock::fixed(NOW * 1000));
    let delivery = verifier.verify(&signed.pairs(), body.as_bytes()).unwrap();
    assert!(delivery.event().is_err());
    assert_eq!(delivery.data().get(), deep.get());
}

/// What the JavaScript types say about the data where the description says something else, in our own words.
#[test]
fn what_javascript_expects_is_read_too() {
    let item = json!({
        "object": "commerce_subscription_item", "id": "csi_1", "status": "free_trial", "plan_period": "annual",
        "credit": {
            "amount": {"amount": 1000, "amount_formatted": "10.00", "currency": "USD", "currency_symbol": "$"},
            "cycle_days_remaining": 3, "cycle_days_total": 30, "cycle_remaining_percent": 10.0,
        },
        "proration_date": "2026-01-02", "period_start": 1_774_000_000_000_i64, "canceled_at": 1_774_000_000_001_i64,
        "past_due_at": 1_774_000_000_002_i64, "lifetime_paid": 12000, "next_payment_amount": 12000,
        "next_payment_date": 1_774_000_000_003_i64, "plan": null, "plan_id": "cplan_1",
        "amount": {"amount": 12000, "amount_formatted": "120.00", "currency": "USD", "currency_symbol": "$"},
    });
    let role = Description::read().value("ref(Role)", Form::Full(0));
    let permission = Description::read().value("ref(Permission)", Form::Full(0));
    let mut session = Description::read().value("ref(SessionEventPayload)", Form::Full(0));
    session["user"] = Value::Null;
    for (event_type, data) in [
        ("subscriptionItem.created", &item),
        ("subscriptionItem.freeTrialEnding", &item),
        ("session.revoked", &session),
    ] {
        let event = deliver(event_type, data).event().unwrap();
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(losses(data, &written, event_type), [""; 0]);
    }
    for (event_type, data) in [("role.deleted", &role), ("permission.deleted", &permission)] {
        match deliver(event_type, data).event().unwrap() {
            EventData::RoleDeleted(object) | EventData::PermissionDeleted(object) => {
                assert_eq!(object.id.as_deref(), data["id"].as_str());
            }
            other => panic!("{other:?}"),
        }
    }
}
