//! Tokens of every kind, good and bad, as templates.

use serde_json::{Value, json};

use super::NOW_MS;
use super::instances::{INSTANCES, Instance};
use crate::differential::Choices;

/// The key ids of the two instance keys of the key table.
const KIDS: [(&str, &str); 2] = [
    ("a", "ins_2vjDTbNiRxetyA2fTgMyVkvF4Wp"),
    ("b", "ins_2xAVDVCMiJFawhzK62GR3E9Nn4W"),
];

pub(super) const USER: &str = "user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ";
const SESSION: &str = "sess_2GbDB4enHdCa5vS1zpC3Xzg9tK9";

pub(super) const ORGANIZATIONS: &[(&str, &str)] = &[
    ("org_2acmeAAAA", "acme"),
    ("org_2globexBBBB", "globex-corp"),
    ("org_2initechCCCC", "initech"),
];

/// What is no token at all, or not quite one.
pub(super) const GARBAGE: &[&str] = &[
    "",
    "garbage",
    "a.b.c",
    "not.a.jwt",
    "e30.e30.AA",
    "bnVsbA.bnVsbA.AA",
    "eyJhbGciOiJSUzI1NiJ9.e30",
    "eyJhbGciOiJSUzI1NiJ9.e30.",
    "eyJhbGciOiJSUzI1NiJ9..AA",
    "eyJhbGciOiJSUzI1NiJ9.W10.AA",
    "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.AA",
    "undefined",
    "null",
    "deleted",
    "0",
    "a b.c.d",
    "..",
    "....",
];

pub(super) const OPAQUE: &[&str] = &[
    "mt_8XOIucKvqHVr5tYP123456789abcdefghij",
    "oat_8XOIucKvqHVr5tYP123456789abcdefghij",
    "ak_8XOIucKvqHVr5tYP123456789abcdefghij",
    "mt_",
    "oat_",
    "ak_",
    "mt_x",
    "ak_a-b_c",
    "MT_x",
    "xmt_x",
];

/// Seconds from now at which a session token was issued; it lives for 60.
const AGES: &[i64] = &[
    -20, -1, 0, -59, -54, -55, -56, -60, -61, -64, -65, -66, -300, -90_000, 4, 5, 6, 7, 60,
];

/// A session token, or what was sent in its place.
pub(super) fn session(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    if choices.odd(4) {
        return choices.one(GARBAGE).into();
    }
    let mut payload = payload(choices, instance, origin);
    if choices.odd(12) {
        spoil_payload(choices, &mut payload);
    }
    sign(choices, "cl_B7d4PD111AAA", &payload)
}

/// A session token that verifies.
pub(super) fn good_session(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let mut payload = payload(choices, instance, origin);
    let now = NOW_MS / 1000;
    for (name, at) in [("iat", -20), ("exp", 40), ("nbf", -30)] {
        payload[name] = (now + at).into();
    }
    json!({"$sign": {"header": header("cl_B7d4PD111AAA"), "payload": payload, "key": "a"}})
}

fn header(category: &str) -> Value {
    json!({"alg": "RS256", "cat": category, "kid": KIDS[0].1, "typ": "JWT"})
}

/// The claims of a session, issued some time ago.
pub(super) fn payload(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let now = NOW_MS / 1000;
    let issued = now
        + if choices.chance(50) {
            -20
        } else {
            choices.one(AGES)
        };
    let issuer = match choices.chance(90) {
        true => instance.issuer(),
        false => choices.one(INSTANCES).issuer(),
    };
    let mut payload = json!({
        "azp": origin, "exp": issued + 60, "iat": issued, "iss": issuer, "nbf": issued - 10, "sid": SESSION, "sub": USER,
    });
    if choices.chance(10) {
        payload["sts"] = choices
            .one_ordinary(&["pending", "active", "", "expired"], 2)
            .into();
    }
    if choices.chance(50) {
        organization(choices, &mut payload);
    }
    if choices.chance(15) {
        payload["fva"] = json!([choices.one(&[0, 3, 10, -1]), choices.one(&[-1, 0, 30])]);
    }
    if choices.chance(5) {
        payload["act"] = json!({"sub": "user_actor", "iss": "https://dashboard.clerk.com"});
    }
    if choices.chance(5) {
        payload["aud"] = audience(choices);
    }
    payload
}

fn audience(choices: &mut Choices) -> Value {
    match choices.below(5) {
        0 => json!("https://api.acme.example.com"),
        1 => json!(["https://api.acme.example.com", "x"]),
        2 => json!([]),
        3 => json!(""),
        _ => json!("x"),
    }
}

fn organization(choices: &mut Choices, payload: &mut Value) {
    let (id, slug) = choices.one(ORGANIZATIONS);
    let role = choices.one(&["admin", "member", "billing_manager"]);
    if choices.chance(60) {
        payload["v"] = 2.into();
        payload["pla"] = choices
            .one(&["o:pro,u:free_user", "u:free_user", "o:pro"])
            .into();
        payload["fea"] = choices
            .one(&[
                "o:dashboard,o:invoices,u:impersonation",
                "u:x,ou:dashboard,o:reports",
                "",
            ])
            .into();
        if choices.chance(85) {
            payload["o"] = json!({"id": id, "slg": slug, "rol": role, "per": "read,manage",
                "fpm": choices.one(&["3,2", "1", "0,0,3", ""])});
        }
    } else {
        payload["org_id"] = id.into();
        payload["org_slug"] = slug.into();
        payload["org_role"] = format!("org:{role}").into();
        payload["org_permissions"] = json!(["org:reports:read"]);
    }
}

/// One thing about the claims that is not as it should be.
fn spoil_payload(choices: &mut Choices, payload: &mut Value) {
    let Some(claims) = payload.as_object_mut() else {
        return;
    };
    let name = choices.one(&["azp", "exp", "iat", "iss", "nbf", "sid", "sub"]);
    match choices.below(4) {
        0 | 1 => {
            claims.remove(name);
        }
        2 => {
            let value = choices.one(&["", "x", "1774000000"]);
            claims.insert(name.to_owned(), value.into());
        }
        _ => {
            let value = match choices.below(5) {
                0 => Value::Null,
                1 => json!(0),
                2 => json!(1_774_000_030.5),
                3 => json!(-1),
                _ => json!(true),
            };
            claims.insert(name.to_owned(), value);
        }
    }
}

/// A machine's token: what is malformed in other ways than by its signature is no machine's at all.
fn sign_machine(choices: &mut Choices, category: &str, payload: &Value) -> Value {
    let mut token = sign(choices, category, payload);
    if token["$sign"].get("damage").is_some() {
        token["$sign"]["damage"] = "flip".into();
    }
    token
}

/// Signs claims, now and then in a way that does not hold.
fn sign(choices: &mut Choices, category: &str, payload: &Value) -> Value {
    let mut header = header(category);
    let mut token = json!({"payload": payload, "key": "a"});
    if choices.chance(15) {
        match choices.below_ordinary(9, 5) {
            0 => token["key"] = "b".into(),
            1 => {
                token["key"] = "b".into();
                header["kid"] = KIDS[1].1.into();
            }
            2 => {
                header["alg"] = choices
                    .one(&[
                        "none", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", "",
                    ])
                    .into();
            }
            3 => header["typ"] = choices.one(&["jwt", "at+jwt", "JOSE", ""]).into(),
            4 => {
                header["cat"] = choices
                    .one(&[
                        "cl_B7d4PD222AAA",
                        "cl_B7d4PD333AAA",
                        "cl_I7d4PD111III",
                        "cl_x",
                        "",
                    ])
                    .into();
            }
            5 => token["damage"] = choices.one(&["flip", "cut", "A", "=", ".x", " "]).into(),
            6 => header["kid"] = choices.one(&["ins_other", "", "local"]).into(),
            7 => header["crit"] = json!(["exp"]),
            _ => {
                let name = choices.one(&["alg", "cat", "kid", "typ"]);
                if let Some(header) = header.as_object_mut() {
                    header.remove(name);
                }
            }
        }
    }
    token["header"] = header;
    json!({ "$sign": token })
}

/// A machine's token, opaque or a JWT.
pub(super) fn machine(choices: &mut Choices, instance: Instance) -> Value {
    let now = NOW_MS / 1000;
    let issued = now
        + if choices.chance(60) {
            -20
        } else {
            choices.one(AGES)
        };
    let mut payload =
        json!({"iss": instance.issuer(), "iat": issued, "exp": issued + 60, "nbf": issued - 10});
    match choices.below(5) {
        0 | 1 => choices.one(OPAQUE).into(),
        2 | 3 => {
            payload["sub"] = choices
                .one(&["mch_2vYVtestTESTtestTESTtestTESTtest", "mch_", "mch_x"])
                .into();
            payload["jti"] = "mt_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE".into();
            if choices.chance(50) {
                payload["aud"] = json!(["mch_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE"]);
            }
            if choices.chance(50) {
                payload["scopes"] = choices.one(&["mch_a mch_b", "mch_a", "", " mch_a "]).into();
            }
            if choices.chance(30) {
                payload["custom"] = json!({"a": [1, null]});
            }
            spoil_sometimes(choices, &mut payload);
            sign_machine(choices, "cl_B7d4PD333AAA", &payload)
        }
        _ => {
            payload["sub"] = USER.into();
            payload["client_id"] = "client_2VTWUzvGC5UhdJCNx6xG1D98edc".into();
            payload["jti"] = "oat_2xKa9Bgv7NxMRDFyQw8LpZ3cTmU1vHjE".into();
            match choices.below(4) {
                0 => payload["scope"] = choices.one(&["read:foo write:bar", "", "a  b"]).into(),
                1 => payload["scp"] = json!(["read:foo"]),
                2 => {
                    payload["scope"] = "one".into();
                    payload["scp"] = json!(["two"]);
                }
                _ => {}
            }
            if choices.chance(40) {
                payload["aud"] = audience(choices);
            }
            spoil_sometimes(choices, &mut payload);
            let mut token = sign_machine(choices, "cl_B7d4PD222AAA", &payload);
            token["$sign"]["header"]["typ"] = choices
                .one(&["at+jwt", "application/at+jwt", "AT+JWT", "JWT"])
                .into();
            token
        }
    }
}

fn spoil_sometimes(choices: &mut Choices, payload: &mut Value) {
    if choices.odd(10) {
        spoil_payload(choices, payload);
    }
}

/// A handshake's answer: the cookies it sets, signed.
pub(super) fn handshake(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    if choices.odd(6) {
        return choices.one(GARBAGE).into();
    }
    let directives = directives(choices, instance, origin);
    sign(
        choices,
        "cl_I7d4PD111III",
        &json!({ "handshake": directives }),
    )
}

/// `Set-Cookie` values as handshake and refresh answers carry them.
pub(super) fn directives(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let names = instance.names();
    let mut directives = Vec::new();
    for _ in 0..choices.below(4) {
        let suffixed = choices.chance(50);
        let name = if suffixed {
            names.session()
        } else {
            "__session"
        };
        let tail = choices.one(&[
            "; Path=/",
            "; Path=/; Expires=Fri, 31 Dec 2999 23:59:59 GMT; SameSite=Lax",
            "",
            ";Path=/",
            "; path=/; max-age=0",
        ]);
        directives.push(match choices.below_ordinary(8, 5) {
            0..=3 => {
                let token = match choices.chance(80) {
                    true => good_session(choices, instance, origin),
                    false => session(choices, instance, origin),
                };
                json!({"$join": [name, "=", token, tail]})
            }
            4 => json!(format!(
                "__client_uat={}{tail}",
                choices.one(&["0", "1774000000", "1"])
            )),
            5 => json!(format!("{name}={tail}")),
            6 => json!(format!("{}=1773999990{tail}", names.client_uat())),
            _ => choices
                .one(&[
                    "__clerk_db_jwt=dvb_new; Path=/",
                    "__session; Path=/",
                    "x=y",
                    "",
                    "__refresh=rt; HttpOnly",
                ])
                .into(),
        });
    }
    directives.into()
}
