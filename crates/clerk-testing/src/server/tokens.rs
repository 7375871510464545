//! The tokens that the offline Clerk issues.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use clerk_core::Clock;
use serde_json::{Map, Value, json};

use super::store::{JwtTemplate, Session, Store, User};
use crate::mint::{SessionTokenBuilder, TemplateTokenBuilder, TestKey, TestOrg};

/// What tokens depend on besides the store.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    pub(crate) issuer: String,
    pub(crate) key: TestKey,
    pub(crate) lifetime: Duration,
    pub(crate) version: u8,
    /// Features and plans that every session token carries, with their scopes.
    pub(crate) features: Vec<String>,
    pub(crate) plans: Vec<String>,
    /// Claims that every session token carries besides, with shortcodes.
    pub(crate) claims: Map<String, Value>,
    /// What was issued although it may not work with Clerk.
    pub(crate) warnings: RefCell<BTreeSet<String>>,
}

impl Issuer {
    /// A session token for the session as it is now.
    pub(crate) fn session_token(
        &self,
        store: &Store,
        session: &Session,
        origin: Option<&str>,
        lifetime: Option<Duration>,
        now: i64,
    ) -> String {
        let mut builder = SessionTokenBuilder::new(session.user_id.as_str())
            .session_id(session.id.as_str())
            .issuer(self.issuer.as_str())
            .key(self.key)
            .clock(&Clock::fixed(now))
            .lifetime(lifetime.unwrap_or(self.lifetime));
        if self.version == 1 {
            builder = builder.version_1();
        }
        if session.status == "pending" {
            builder = builder.pending();
        }
        if let Some(origin) = origin {
            builder = builder.authorized_party(origin);
        }
        if let Some(actor) = &session.actor {
            builder = builder.claim("act", actor.clone());
        }
        let facts = facts(store, session);
        for (name, value) in self.filled("the session token", &self.claims, &facts) {
            builder = builder.claim(&name, value);
        }
        builder =
            builder.factor_verification_age((now - session.created_at).div_euclid(60_000), -1);
        for feature in &self.features {
            builder = builder.feature(feature.as_str());
        }
        for plan in &self.plans {
            builder = builder.plan(plan.as_str());
        }
        let org = session
            .org_id
            .as_ref()
            .and_then(|id| store.organizations.get(id));
        if let Some((org, membership)) =
            org.and_then(|org| Some((org, store.membership(&org.id, &session.user_id)?)))
        {
            // System permissions never travel in session tokens.
            let permissions = membership
                .permissions
                .iter()
                .filter(|permission| !permission.starts_with("org:sys_"));
            builder = builder.org(
                TestOrg::new(org.id.as_str())
                    .slug(org.slug.as_str())
                    .role(membership.role.as_str())
                    .permissions(permissions.cloned()),
            );
        }
        builder.mint()
    }

    /// A token of a JWT template for the session.
    pub(crate) fn template_token(
        &self,
        store: &Store,
        session: &Session,
        template: &JwtTemplate,
        lifetime: Option<Duration>,
        now: i64,
    ) -> String {
        let lifetime = lifetime
            .unwrap_or_else(|| Duration::from_secs(u64::try_from(template.lifetime).unwrap_or(60)));
        let mut builder = TemplateTokenBuilder::new(session.user_id.as_str())
            .claim("iss", self.issuer.as_str())
            .key(self.key)
            .clock(&Clock::fixed(now))
            .lifetime(lifetime);
        let facts = facts(store, session);
        let what = format!("the JWT template {}", template.name);
        for (name, value) in self.filled(&what, &template.claims, &facts) {
            builder = builder.claim(&name, value);
        }
        builder.mint()
    }
}

impl Issuer {
    /// Custom claims with their shortcodes replaced; notes when they grow too large for a cookie.
    fn filled(&self, what: &str, claims: &Map<String, Value>, facts: &Value) -> Map<String, Value> {
        let filled: Map<String, Value> = claims
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, facts)))
            .collect();
        let size = Value::Object(filled.clone()).to_string().len();
        if size > CUSTOM_CLAIMS_WARNING_BYTES {
            self.warnings.borrow_mut().insert(format!(
                "the custom claims of {what} are larger than {CUSTOM_CLAIMS_WARNING_BYTES} bytes: browsers may drop the cookie"
            ));
        }
        filled
    }
}

/// What shortcodes of a template can name.
fn facts(store: &Store, session: &Session) -> Value {
    let user = store.users.get(&session.user_id);
    let org = session
        .org_id
        .as_ref()
        .and_then(|id| store.organizations.get(id));
    let membership = org.and_then(|org| store.membership(&org.id, &session.user_id));
    json!({
        "user": user.map(user_facts),
        "org": org.map(|org| json!({
            "id": org.id,
            "name": org.name,
            "slug": org.slug,
            "public_metadata": org.public_metadata,
            "role": membership.map(|membership| &membership.role),
        })),
        "session": {"id": session.id, "actor": session.actor},
    })
}

fn user_facts(user: &User) -> Value {
    let full_name = [user.first_name.as_deref(), user.last_name.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    json!({
        "id": user.id,
        "external_id": user.external_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": if full_name.is_empty() { Value::Null } else { full_name.into() },
        "primary_email_address": user.primary_email_address(),
        "email_verified": user.emails.iter().any(|email| email.verified),
        "public_metadata": user.public_metadata,
        "unsafe_metadata": user.unsafe_metadata,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    })
}

/// Replaces the shortcodes of a value: `{{user.id}}`, with fallbacks `{{user.username || 'none'}}`, alone or in a text.
fn fill(value: &Value, facts: &Value) -> Value {
    match value {
        Value::String(text) => fill_text(text, facts),
        Value::Array(items) => items.iter().map(|item| fill(item, facts)).collect(),
        Value::Object(members) => {
            let members: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), fill(value, facts)))
                .collect();
            Value::Object(members)
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, facts: &Value) -> Value {
    if let Some(code) = text
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        && !code.contains("{{")
    {
        // Alone, a shortcode keeps the type of what it names.
        return resolve(code, facts);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((code, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        match resolve(code, facts) {
            Value::String(value) => filled.push_str(&value),
            Value::Null => {}
            value => filled.push_str(&value.to_string()),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled.into()
}

/// The first alternative of `a.b || c.d || 'text'` that is not null.
fn resolve(code: &str, facts: &Value) -> Value {
    for alternative in code.split("||").map(str::trim) {
        let literal = alternative
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .or_else(|| {
                alternative
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'))
            });
        if let Some(literal) = literal {
            return literal.into();
        }
        let found = alternative
            .split('.')
            .try_fold(facts, |value, name| value.get(name));
        if let Some(value) = found.filter(|value| !value.is_null()) {
            return value.clone();
        }
    }
    Value::Null
}

/// The claims of a token that one of these keys signed; expiry does not matter.
pub(crate) fn read_own_token(keys: &[TestKey], token: &str) -> Option<Map<String, Value>> {
    let (input, signature) = token.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let json = |part: &str| -> Option<Value> {
        serde_json::from_slice(&base64_simd::URL_SAFE_NO_PAD.decode_to_vec(part).ok()?).ok()
    };
    let header = json(header)?;
    let kid = header.get("kid")?.as_str()?;
    let key = keys.iter().find(|key| key.kid() == kid)?;
    let signature = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature).ok()?;
    if !key.verifies(input, &signature) {
        return None;
    }
    match json(payload)? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

/// Above this size, in bytes, custom claims may push the cookie over what browsers keep.
const CUSTOM_CLAIMS_WARNING_BYTES: usize = 1_200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_fall_back_interpolate_and_keep_types() {
        let facts =
            json!({"user": {"id": "user_1", "username": null, "public_metadata": {"a": {"b": 7}}}});
        for (template, expected) in [
            (json!("{{user.id}}"), json!("user_1")),
            (json!("{{ user.username || 'nobody' }}"), json!("nobody")),
            (json!("{{user.username || user.id}}"), json!("user_1")),
            (json!("{{user.public_metadata.a.b}}"), json!(7)),
            (
                json!("id {{user.id}}, b {{user.public_metadata.a.b}}"),
                json!("id user_1, b 7"),
            ),
            (
                json!({"deep": ["{{user.id}}", 1]}),
                json!({"deep": ["user_1", 1]}),
            ),
            (json!("{{user.missing}}"), Value::Null),
            (json!("open {{user.id"), json!("open {{user.id")),
        ] {
            assert_eq!(fill(&template, &facts), expected, "{template}");
        }
    }
}
