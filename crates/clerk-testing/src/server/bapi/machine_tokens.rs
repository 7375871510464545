//! M2M tokens and API keys.

use serde_json::{Value, json};

use super::{bearer, same_text};
use crate::mint::M2mTokenBuilder;
use crate::server::call::{Call, unknown_route};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Body, Reply};
use crate::server::store::{ApiKey, M2mToken, Machine, deleted};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Outcome<Reply> {
    let (now, body) = (call.now, call.body()?);
    match (call.method(), path) {
        ("GET", ["m2m_tokens"]) => list_m2m(call),
        ("POST", ["m2m_tokens"]) => create_m2m(call, &body),
        ("POST", ["m2m_tokens", "verify"]) => verify_m2m(call, &body),
        ("POST", ["m2m_tokens", id, "revoke"]) => {
            let token = call
                .store()
                .m2m_tokens
                .get_mut(*id)
                .ok_or_else(|| Failure::not_found("M2M token"))?;
            token.revoked = true;
            token.revocation_reason = body.text("revocation_reason").map(str::to_owned);
            token.updated_at = now;
            Ok(Reply::json(&token.to_json(now)))
        }
        ("GET", ["api_keys"]) => list_keys(call),
        ("POST", ["api_keys"]) => create_key(call, &body),
        ("POST", ["api_keys", "verify"]) => verify_key(call, &body),
        ("GET", ["api_keys", id]) => Ok(Reply::json(&key_mut(call, id)?.to_json(now))),
        ("PATCH", ["api_keys", id]) => update_key(call, id, &body),
        ("DELETE", ["api_keys", id]) => {
            call.store()
                .api_keys
                .remove(*id)
                .ok_or_else(|| Failure::not_found("API key"))?;
            Ok(Reply::json(&deleted("api_key", id)))
        }
        ("POST", ["api_keys", id, "revoke"]) => {
            let key = key_mut(call, id)?;
            key.revoked = true;
            key.revocation_reason = body.text("revocation_reason").map(str::to_owned);
            key.updated_at = now;
            Ok(Reply::json(&key.to_json(now)))
        }
        ("GET", ["api_keys", id, "secret"]) => {
            let secret = key_mut(call, id)?.secret.clone();
            Ok(Reply::json(&json!({"secret": secret})))
        }
        _ => Err(unknown_route()),
    }
}

/// The machine whose secret key the caller sent.
fn caller(call: &Call<'_>) -> Outcome<Machine> {
    let key = bearer(call).unwrap_or_default();
    let machine = call
        .state
        .store
        .machines
        .values()
        .find(|machine| same_text(key, &machine.secret_key));
    machine.cloned().ok_or_else(|| {
        Failure::new(
            401,
            "machine_secret_key_required",
            "tokens are made with the secret key of a machine",
        )
    })
}

/// A number of seconds from now, as a time in milliseconds.
fn expiration(body: &Body, now: i64) -> Outcome<Option<i64>> {
    match body.number("seconds_until_expiration") {
        None => Ok(None),
        Some(seconds) if seconds > 0 => Ok(Some(now.saturating_add(seconds.saturating_mul(1000)))),
        Some(_) => Err(Failure::invalid_parameter(
            "seconds_until_expiration",
            "must be positive",
        )),
    }
}

fn create_m2m(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let machine = caller(call)?;
    let expiration =
        expiration(body, now)?.unwrap_or(now + machine.default_token_ttl.saturating_mul(1000));
    let key = call.state.issuer.key;
    let issuer = call.state.issuer.issuer.clone();
    let store = call.store();
    let mut token = M2mToken {
        id: store.ids.next("m2m_"),
        sequence: store.next_sequence(),
        token: store.ids.next("mt_"),
        subject: machine.id.clone(),
        scopes: std::iter::once(machine.id.clone())
            .chain(machine.scoped_machines)
            .collect(),
        claims: body.object("claims").cloned(),
        revoked: false,
        revocation_reason: None,
        expiration: Some(expiration),
        created_at: now,
        updated_at: now,
    };
    if body.text("token_format") == Some("jwt") {
        let lifetime = u64::try_from((expiration - now).div_euclid(1000)).unwrap_or_default();
        let mut builder = M2mTokenBuilder::new(machine.id.as_str())
            .scopes(token.scopes.iter().map(String::as_str))
            .claim("iss", issuer)
            .claim("jti", token.id.as_str())
            .key(key)
            .issued_at_ms(now)
            .lifetime(std::time::Duration::from_secs(lifetime));
        for (name, value) in token.claims.iter().flatten() {
            builder = builder.claim(name, value.clone());
        }
        token.token = builder.mint();
    }
    let mut value = token.to_json(now);
    if let Some(members) = value.as_object_mut() {
        members.insert("token".to_owned(), token.token.as_str().into());
    }
    store.m2m_tokens.insert(token.id.clone(), token);
    Ok(Reply::with_status(201, &value))
}

fn list_m2m(call: &mut Call<'_>) -> Outcome<Reply> {
    let query = &call.request.query;
    let subject = query
        .get("subject")
        .ok_or_else(|| Failure::missing_parameter("subject"))?;
    let (revoked, expired) = (
        query.flag("revoked") == Some(true),
        query.flag("expired") == Some(true),
    );
    let now = call.now;
    let mut tokens: Vec<&M2mToken> = call
        .state
        .store
        .m2m_tokens
        .values()
        .filter(|token| token.subject == subject)
        .filter(|token| revoked || !token.revoked)
        .filter(|token| expired || token.expiration.is_none_or(|at| at > now))
        .collect();
    tokens.sort_by_key(|token| std::cmp::Reverse(token.sequence));
    let total = tokens.len();
    let page: Vec<Value> = call
        .page(tokens)?
        .into_iter()
        .map(|token| token.to_json(now))
        .collect();
    Ok(Reply::json(
        &json!({"m2m_tokens": page, "total_count": total}),
    ))
}

fn verify_m2m(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let text = body.required("token")?;
    let now = call.now;
    let token = call
        .state
        .store
        .m2m_tokens
        .values()
        .find(|token| same_text(&token.token, text));
    let token = token.filter(|token| !token.revoked && token.expiration.is_none_or(|at| at > now));
    let token = token.ok_or_else(|| Failure::not_found("M2M token"))?;
    // A machine may only look at tokens that were made for it.
    if !same_text(bearer(call).unwrap_or_default(), &call.world.secret_key) {
        let machine = caller(call)?;
        if !token.scopes.contains(&machine.id) {
            return Err(Failure::not_found("M2M token"));
        }
    }
    Ok(Reply::json(&token.to_json(now)))
}

fn key_mut<'c>(call: &'c mut Call<'_>, id: &str) -> Outcome<&'c mut ApiKey> {
    call.state
        .store
        .api_keys
        .get_mut(id)
        .ok_or_else(|| Failure::not_found("API key"))
}

fn list_keys(call: &mut Call<'_>) -> Outcome<Reply> {
    let query = &call.request.query;
    let subject = query
        .get("subject")
        .ok_or_else(|| Failure::missing_parameter("subject"))?;
    let include_invalid = query.flag("include_invalid") == Some(true);
    let now = call.now;
    let mut keys: Vec<&ApiKey> = call
        .state
        .store
        .api_keys
        .values()
        .filter(|key| key.subject == subject && (include_invalid || key.is_valid(now)))
        .collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.sequence));
    call.counted(keys, |key| key.to_json(now))
}

fn create_key(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let subject = body.required("subject")?;
    let store = call.store();
    if subject.starts_with("org_") {
        store.organization(subject)?;
    } else {
        store.user(subject)?;
    }
    let key = ApiKey {
        id: store.ids.next("ak_"),
        sequence: store.next_sequence(),
        secret: store.ids.next("ak_"),
        name: body.required("name")?.to_owned(),
        description: body.text("description").map(str::to_owned),
        subject: subject.to_owned(),
        scopes: body
            .texts("scopes")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        claims: body.object("claims").cloned(),
        created_by: body.text("created_by").map(str::to_owned),
        revoked: false,
        revocation_reason: None,
        expiration: expiration(body, now)?,
        last_used_at: None,
        created_at: now,
        updated_at: now,
    };
    let mut value = key.to_json(now);
    if let Some(members) = value.as_object_mut() {
        members.insert("secret".to_owned(), key.secret.as_str().into());
    }
    store.api_keys.insert(key.id.clone(), key);
    Ok(Reply::json(&value))
}

fn update_key(call: &mut Call<'_>, id: &str, body: &Body) -> Outcome<Reply> {
    let now = call.now;
    let expiration = expiration(body, now)?;
    let key = key_mut(call, id)?;
    if let Some(value) = body.value("description") {
        key.description = value.as_str().map(str::to_owned);
    }
    if body.value("claims").is_some() {
        key.claims = body.object("claims").cloned();
    }
    if body.value("scopes").is_some_and(Value::is_array) {
        key.scopes = body
            .texts("scopes")
            .into_iter()
            .map(str::to_owned)
            .collect();
    }
    if expiration.is_some() {
        key.expiration = expiration;
    }
    key.updated_at = now;
    Ok(Reply::json(&key.to_json(now)))
}

fn verify_key(call: &mut Call<'_>, body: &Body) -> Outcome<Reply> {
    let secret = body.required("secret")?;
    let now = call.now;
    let key = call
        .store()
        .api_keys
        .values_mut()
        .find(|key| same_text(&key.secret, secret));
    let key = key
        .filter(|key| key.is_valid(now))
        .ok_or_else(|| Failure::not_found("API key"))?;
    key.last_used_at = Some(now);
    Ok(Reply::json(&key.to_json(now)))
}
