//! Answers of the Backend API.

use serde_json::{Value, json};

use super::instances::Instance;
use super::tokens;
use crate::differential::Choices;

/// Answers for every kind of call that an authentication can make.
pub(super) fn all(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    json!({
        "jwks": [jwks(choices)],
        "refresh": [refresh(choices, instance, origin)],
        "nonce": [nonce(choices, instance, origin)],
        "m2m": [verified(choices, "m2m")],
        "oauth": [verified(choices, "oauth")],
        "api_key": [verified(choices, "api_key")],
    })
}

fn ok(json: &Value) -> Value {
    json!({"status": 200, "headers": [["content-type", "application/json"]], "json": json})
}

/// An answer that is no success.
fn failure(choices: &mut Choices) -> Value {
    let with_code = |status: u16, code: &str| {
        json!({"status": status, "headers": [["content-type", "application/json"]], "json": {
            "errors": [{"code": code, "message": code, "long_message": code}],
            "clerk_trace_id": "trace_0123456789abcdef",
        }})
    };
    match choices.below(16) {
        0 => json!({"error": "fetch failed"}),
        1 => with_code(401, "authentication_invalid"),
        2 => with_code(401, "clerk_key_invalid"),
        3 => with_code(404, "resource_not_found"),
        4 => {
            let mut answer = with_code(429, "too_many_requests");
            answer["headers"] = json!([["content-type", "application/json"], ["retry-after", "3"]]);
            answer
        }
        5 => with_code(500, "internal_clerk_error"),
        6 => with_code(422, "missing_refresh_token"),
        7 => {
            json!({"status": 500, "headers": [["content-type", "text/html"]], "body": "<html></html>"})
        }
        8 => json!({"status": 503, "headers": [], "body": ""}),
        9 => json!({"status": 204, "headers": []}),
        10 => {
            json!({"status": 200, "headers": [["content-type", "application/json"]], "body": "{"})
        }
        11 => {
            json!({"status": 403, "headers": [["content-type", "application/json"]], "json": {"errors": []}})
        }
        12 => with_code(400, "token-invalid"),
        13 => with_code(403, "forbidden"),
        14 => {
            json!({"status": 404, "headers": [["content-type", "application/json"]], "json": {"errors": null}})
        }
        _ => {
            json!({"status": 302, "headers": [["location", "https://elsewhere.example/"]], "body": ""})
        }
    }
}

pub(super) fn jwks(choices: &mut Choices) -> Value {
    if choices.odd(15) {
        return failure(choices);
    }
    ok(&match if choices.odd(100) {
        choices.below(12)
    } else {
        3 + choices.below(9)
    } {
        0 => json!({"keys": []}),
        1 => json!({"keys": null}),
        2 => json!({}),
        3 => json!({"keys": [{"$key": "b.jwk"}]}),
        4 => json!({"keys": [{"$key": "b.jwk"}, {"$key": "a.jwk"}]}),
        _ => json!({"keys": [{"$key": "a.jwk"}]}),
    })
}

fn refresh(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    if choices.chance(35) {
        return failure(choices);
    }
    let names = instance.names();
    let token = tokens::good_session(choices, instance, origin);
    let list = match choices.below(6) {
        0 => tokens::directives(choices, instance, origin),
        1 => json!([{"$join": ["__session=", token, "; Path=/"]}]),
        2 => {
            json!([{"$join": [names.session(), "=", token, "; Path=/"]}, "__refresh=rt_new; HttpOnly"])
        }
        _ => json!([
            {"$join": [names.session(), "=", token, "; Path=/; Secure; SameSite=Lax"]},
            {"$join": ["__session=", token, "; Path=/; Secure; SameSite=Lax"]},
            "__client_uat=1774000000; Path=/; Domain=example.com; Max-Age=315360000",
        ]),
    };
    ok(&json!({"object": "cookies", "cookies": list}))
}

fn nonce(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    if choices.chance(20) {
        return failure(choices);
    }
    ok(&match choices.below(10) {
        0 => json!({"directives": []}),
        1 => json!({}),
        2 => json!({"directives": null}),
        _ => json!({"directives": tokens::directives(choices, instance, origin)}),
    })
}

/// What the verification of a machine's token answers.
pub(super) fn verified(choices: &mut Choices, kind: &str) -> Value {
    if choices.chance(25) {
        return failure(choices);
    }
    let mut answer = match kind {
        "m2m" => json!({"object": "machine_to_machine_token", "id": "mt_obj_1",
            "subject": "mch_2vYVtestTESTtestTESTtestTESTtest", "scopes": ["mch_a"], "claims": {"foo": "bar"},
            "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
            "created_at": 1_773_999_000_000_i64, "updated_at": 1_773_999_000_000_i64}),
        "oauth" => json!({"object": "clerk_idp_oauth_access_token", "id": "oat_obj_1",
            "client_id": "client_2VTWUzvGC5UhdJCNx6xG1D98edc", "type": "oauth:access_token", "subject": tokens::USER,
            "scopes": ["read:foo"], "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
            "created_at": 1_773_999_000_000_i64, "updated_at": 1_773_999_000_000_i64}),
        _ => json!({"object": "api_key", "id": "ak_obj_1", "type": "api_key", "name": "my-api-key",
            "subject": choices.one(&[tokens::USER, "org_2acmeAAAA", "x"]), "scopes": ["read:foo"],
            "claims": {"tier": 3}, "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
            "created_by": null, "description": null, "last_used_at": null,
            "created_at": 1_773_999_000_000_i64, "updated_at": 1_773_999_000_000_i64}),
    };
    if choices.chance(10) {
        let (name, value) = match choices.below(6) {
            0 => ("claims", Value::Null),
            1 => ("expiration", json!(1_774_000_100_000_i64)),
            2 => ("scopes", json!([])),
            3 => ("description", json!("d")),
            4 => ("claims", json!({})),
            _ => ("created_by", json!("user_x")),
        };
        answer[name] = value;
    }
    ok(&answer)
}
