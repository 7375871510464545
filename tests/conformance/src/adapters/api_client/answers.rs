//! What comes back, in the reference's terms.

use clerk_api::Page;
use clerk_errors::api::{ApiError, ApiErrorKind};
use clerk_http::ApiResponse;
use clerk_types::models;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::http::CannedResponse;
use crate::outcome::VectorError;
use crate::special;
use crate::vector::Vector;

/// A kind of object that answers carry, and the model for it.
struct Kind {
    /// What stands in `object`.
    object: &'static str,
    /// The resource of the client whose main object it is.
    resource: &'static str,
    one: fn(&[u8]) -> Result<Value, String>,
    page: fn(&[u8]) -> Result<Listed, String>,
    /// Members of the model that the reference's class does not have.
    beyond: &'static [&'static str],
}

/// The items of a page, and how many there are in all.
type Listed = (Vec<Value>, Option<u64>);

const fn kind<T: DeserializeOwned + Serialize>(
    object: &'static str,
    resource: &'static str,
    beyond: &'static [&'static str],
) -> Kind {
    Kind {
        object,
        resource,
        one: one::<T>,
        page: page::<T>,
        beyond,
    }
}

const KINDS: &[Kind] = &[
    kind::<models::ActorToken>("actor_token", "actorTokens", &[]),
    kind::<models::AllowlistIdentifier>("allowlist_identifier", "allowlistIdentifiers", &[]),
    kind::<models::ApiKeyWithSecret>("api_key", "apiKeys", &[]),
    kind::<models::BlocklistIdentifier>("blocklist_identifier", "blocklistIdentifiers", &[]),
    kind::<models::OauthToken>("clerk_idp_oauth_access_token", "idPOAuthAccessToken", &[]),
    kind::<models::SessionCookies>("cookies", "", &[]),
    kind::<models::Domain>("domain", "domains", &[]),
    kind::<models::EmailAddress>("email_address", "emailAddresses", &[]),
    kind::<models::Invitation>("invitation", "invitations", &[]),
    kind::<models::JwtTemplate>("jwt_template", "jwtTemplates", &[]),
    kind::<models::MachineWithSecretKey>("machine", "machines", &[]),
    kind::<models::MachineSecretKey>("machine_secret_key", "", &[]),
    kind::<models::M2mTokenWithSecret>("machine_to_machine_token", "m2m", &[]),
    kind::<models::OauthAccessToken>("oauth_access_token", "", &[]),
    kind::<models::OauthApplicationWithSecret>("oauth_application", "oauthApplications", &[]),
    kind::<models::Organization>(
        "organization",
        "organizations",
        &["pending_invitations_count"],
    ),
    kind::<models::OrganizationMembership>("organization_membership", "", &["role_name"]),
    kind::<models::PhoneNumber>("phone_number", "phoneNumbers", &[]),
    kind::<models::RedirectUrl>("redirect_url", "redirectUrls", &[]),
    kind::<models::Session>("session", "sessions", &["tasks"]),
    kind::<models::SignInToken>("sign_in_token", "signInTokens", &[]),
    kind::<models::SessionToken>("token", "", &[]),
    kind::<models::TotalCount>("total_count", "", &[]),
    kind::<models::WaitlistEntry>("waitlist_entry", "waitlistEntries", &[]),
];

/// HTTP-24: what has `deleted` beside `object`, whatever its value.
const DELETED: Kind = kind::<models::DeletedObject>("", "", &["external_id"]);

/// HTTP-25: what the reference hands through has its names on the wire.
const UNCHANGED: &[&str] = &["testing_token"];

/// Lists that are empty where they are not there.
const MAY_BE_EMPTY: &[&str] = &["aud", "backup_codes", "errors"];

fn one<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Value, String> {
    let value: T = clerk_types::from_slice(body).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn page<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Listed, String> {
    let page: Page<T> = clerk_types::from_slice(body).map_err(|error| error.to_string())?;
    let data = page.data.into_iter().map(serde_json::to_value);
    let data = data
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    Ok((data, page.total_count))
}

/// Whether the answer says of itself that it is of another kind than the method's: its caller has to name the type.
pub(super) fn is_of_another_kind(vector: &Vector) -> bool {
    let Some(CannedResponse::Answer(answer)) =
        vector.http.first().map(|exchange| &exchange.response)
    else {
        return false;
    };
    let is_json = answer.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type")
            && value.to_ascii_lowercase().starts_with("application/json")
    });
    if !is_json || !(200..300).contains(&answer.status) {
        return false;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
        return false;
    };
    let resource = vector.text("/resource").unwrap_or_default();
    let objects = elements(&body).unwrap_or_else(|| vec![&body]);
    let own = |object: &str| {
        let mut kinds = KINDS.iter();
        kinds.any(|kind| kind.object == object && kind.resource == resource)
    };
    !objects.is_empty()
        && objects.iter().all(|item| {
            item["object"]
                .as_str()
                .is_some_and(|object| !own(object) || deleted(item))
        })
}

fn deleted(item: &Value) -> bool {
    item.get("deleted").is_some()
}

/// The items of a list or page.
fn elements(body: &Value) -> Option<Vec<&Value>> {
    let list = match body {
        Value::Array(items) => Some(items),
        _ => ["data", "m2m_tokens"]
            .iter()
            .find_map(|name| body.get(*name)?.as_array()),
    };
    list.map(|items| items.iter().collect())
}

/// An answer read as the kind that it names; a kind nobody knows is handed through.
pub(super) fn raw(answer: &ApiResponse) -> Result<Value, ApiError> {
    if answer.is_empty() {
        return Ok(special::undefined());
    }
    let body: Value = answer.json()?;
    let refuse = |why: String| answer.decode_error(why);
    let Some(items) = elements(&body) else {
        return match kind_of(&body) {
            None => Ok(body),
            Some(kind) => (kind.one)(answer.body())
                .map(|value| shown(&value))
                .map_err(refuse),
        };
    };
    match items.first().and_then(|item| kind_of(item)) {
        Some(kind) => (kind.page)(answer.body()).map(page_shown).map_err(refuse),
        None => {
            let page: Page<Value> = answer.json()?;
            Ok(list(page.data, page.total_count))
        }
    }
}

fn kind_of(item: &Value) -> Option<&'static Kind> {
    let object = item["object"].as_str()?;
    if deleted(item) {
        return Some(&DELETED);
    }
    KINDS.iter().find(|kind| kind.object == object)
}

fn page_shown((data, total_count): Listed) -> Value {
    list(data.iter().map(shown).collect(), total_count)
}

/// HTTP-23: the reference's page where the answer counts, else its bare list.
fn list(data: Vec<Value>, total_count: Option<u64>) -> Value {
    match total_count {
        Some(count) => json!({ "data": data, "totalCount": count }),
        None => data.into(),
    }
}

/// A typed result of a method.
pub(super) fn typed<T: Serialize>(result: &T) -> Value {
    let value = serde_json::to_value(result).unwrap_or_default();
    match (&value, value.get("data").and_then(Value::as_array)) {
        (Value::Null, _) => special::undefined(),
        (_, Some(data)) => list(
            data.iter().map(shown).collect(),
            value.get("total_count").and_then(Value::as_u64),
        ),
        (Value::Array(items), _) => items.iter().map(shown).collect(),
        _ => shown(&value),
    }
}

/// A resource as the reference's classes name its members; what is not there is left out.
fn shown(value: &Value) -> Value {
    let Value::Object(map) = value else {
        return value.clone();
    };
    let object = value["object"].as_str().unwrap_or_default();
    if object == "total_count" {
        return value["total_count"].clone();
    }
    let unchanged = UNCHANGED.contains(&object) || deleted(value);
    let beyond = if deleted(value) {
        DELETED.beyond
    } else {
        let mut kinds = KINDS.iter();
        kinds
            .find(|kind| kind.object == object)
            .map_or(&[][..], |kind| kind.beyond)
    };
    let mut out = Map::new();
    for (name, member) in map {
        if member.is_null()
            || beyond.contains(&name.as_str())
            || (name == "object" && !unchanged)
            || (MAY_BE_EMPTY.contains(&name.as_str())
                && member.as_array().is_some_and(Vec::is_empty))
        {
            continue;
        }
        let renamed = if unchanged {
            name.clone()
        } else {
            camel(object, name)
        };
        out.insert(renamed, nested(name, member));
    }
    Value::Object(out)
}

fn nested(name: &str, member: &Value) -> Value {
    // What callers put in keeps its names.
    const OPAQUE: &[&str] = &[
        "actor",
        "claims",
        "private_metadata",
        "public_metadata",
        "unsafe_metadata",
    ];
    match member {
        _ if OPAQUE.contains(&name) => member.clone(),
        // HTTP-32: the reference's entries always have it.
        Value::Array(items) if name == "errors" => items
            .iter()
            .map(|item| {
                let mut out = shown(item);
                out["meta"] = meta(item["meta"].as_object());
                out
            })
            .collect(),
        Value::Array(items) => items.iter().map(shown).collect(),
        member => shown(member),
    }
}

fn camel(object: &str, name: &str) -> String {
    match (object, name) {
        ("oauth_application", "public") => return "isPublic".to_owned(),
        (_, "external_verification_redirect_url") => {
            return "externalVerificationRedirectURL".to_owned();
        }
        _ => {}
    }
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// An error of a call.
pub(super) fn failure(error: &ApiError) -> VectorError {
    if error.kind() == ApiErrorKind::Invalid {
        return VectorError::plain(error);
    }
    let this = VectorError::new("ClerkAPIResponseError", error)
        .with("clerkTraceId", error.trace_id().unwrap_or_default());
    let this = match error.status() {
        Some(status) => this.with("status", status.as_u16()),
        None => this,
    };
    // The reference makes up an entry where no answer could be read.
    if error.status().is_none() || error.kind() == ApiErrorKind::Decode {
        let entry = json!([{"code": "unexpected_error", "message": error.to_string()}]);
        return this.with("errors", entry);
    }
    let entries: Vec<Value> = error.errors().iter().map(entry).collect();
    let this = this.with("errors", entries);
    match error.retry_after() {
        Some(wait) => this.with("retryAfter", wait.as_secs()),
        None => this,
    }
}

fn entry(entry: &clerk_errors::api::ApiErrorItem) -> Value {
    let mut out = json!({});
    let texts = [
        ("code", Some(&entry.code)),
        ("message", Some(&entry.message)),
        ("longMessage", entry.long_message.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out[name] = text.as_str().into();
        }
    }
    out["meta"] = meta(entry.meta.as_ref());
    out
}

/// HTTP-32: the members the reference takes over, under its own names.
fn meta(meta: Option<&Map<String, Value>>) -> Value {
    const TAKEN: &[&str] = &[
        "param_name",
        "session_id",
        "email_addresses",
        "identifiers",
        "zxcvbn",
        "plan",
        "is_plan_upgrade_possible",
        "seats_quantity_to_add",
        "seats_quantity",
        "trace_id",
        "kind",
        "title",
        "description",
        "link_url",
        "link_text",
        "data",
    ];
    let taken = TAKEN
        .iter()
        .filter_map(|wire| Some((camel("", wire), meta?.get(*wire)?.clone())));
    Value::Object(taken.collect())
}
