//! Claims, and the questions asked of them.

use serde_json::{Map, Value, json};

use super::instances::Instance;
use super::{Case, tokens};
use crate::differential::Choices;

const SCOPES: &[&str] = &["o", "u", "ou", "uo"];
const NAMES: &[&str] = &[
    "dashboard",
    "invoices",
    "reports",
    "impersonation",
    "a:b",
    "x y",
];
const PERMISSIONS: &[&str] = &["read", "manage", "create", "delete"];

pub(super) fn case(choices: &mut Choices) -> Case {
    let make = |function, input: &Value| Case::new("auth_objects", function, input);
    match choices.below(12) {
        0 => make(
            "splitByScope",
            &json!({"claim": scoped_list(choices, true)}),
        ),
        1 => {
            let input = json!({"per": permission_list(choices), "fpm": bit_maps(choices)});
            make("parsePermissions", &input)
        }
        2 => make(
            "validateReverificationConfig",
            &json!({"config": reverification(choices)}),
        ),
        3..=5 => make("authObject", &json!({"claims": claims(choices)})),
        _ => {
            let claims = claims(choices);
            let params: Vec<Value> = (0..6).map(|_| question(choices)).collect();
            make("has", &json!({"claims": claims, "params": params}))
        }
    }
}

fn claims(choices: &mut Choices) -> Value {
    let instance = Instance::any(choices);
    let mut claims = tokens::payload(choices, instance, "https://acme.example.com");
    if choices.chance(70) {
        claims["v"] = 2.into();
        claims["fea"] = scoped_list(choices, false);
        claims["pla"] = scoped_list(choices, false);
        if choices.chance(80) {
            claims["o"] = json!({"id": "org_2acmeAAAA", "slg": "acme", "rol": choices.one(&["admin", "org:admin", "member"]),
                "per": permission_list(choices), "fpm": bit_maps(choices)});
        }
    } else {
        claims["org_id"] = "org_2acmeAAAA".into();
        claims["org_role"] = choices
            .one(&["admin", "org:admin", "org:org:admin", ""])
            .into();
        claims["org_permissions"] = json!(choices.some(
            &["org:dashboard:read", "org:reports:manage", "dashboard:read"],
            3
        ));
    }
    claims["fva"] = json!([
        choices.one(&[-1, 0, 5, 9, 10, 59, 60]),
        choices.one(&[-1, 0, 9, 10, 1439, 1440])
    ]);
    let optional = [
        "sts",
        "fva",
        "v",
        "o",
        "fea",
        "pla",
        "org_id",
        "org_role",
        "org_permissions",
        "sub",
        "sid",
    ];
    if choices.chance(25)
        && let Some(members) = claims.as_object_mut()
    {
        members.remove(choices.one(&optional));
    }
    claims
}

fn scoped_list(choices: &mut Choices, malformed: bool) -> Value {
    let mut elements = Vec::new();
    for _ in 0..choices.below(5) {
        let scope = match choices.chance(90) {
            true => choices.one(SCOPES),
            false => choices.one(&["x", "", "O", "org"]),
        };
        let separator = if malformed && choices.chance(10) {
            ""
        } else {
            ":"
        };
        let space = choices.one(&["", "", "", " "]);
        elements.push(format!("{space}{scope}{separator}{}", choices.one(NAMES)));
    }
    elements.join(",").into()
}

fn permission_list(choices: &mut Choices) -> Value {
    choices
        .some(PERMISSIONS, 5)
        .join(choices.one(&[",", ", "]))
        .into()
}

fn bit_maps(choices: &mut Choices) -> Value {
    let maps = choices.some(
        &[
            "0",
            "1",
            "2",
            "3",
            "15",
            "4294967297",
            "9007199254740993",
            "x",
            "",
            "007",
            "-1",
            "1.5",
        ],
        5,
    );
    maps.join(choices.one(&[",", ", "])).into()
}

fn reverification(choices: &mut Choices) -> Value {
    match choices.below(3) {
        0 => choices
            .one(&["strict_mfa", "strict", "moderate", "lax", "STRICT", "", "x"])
            .into(),
        1 => json!({"level": choices.one(&["first_factor", "second_factor", "multi_factor"]),
            "afterMinutes": choices.one(&[1, 5, 10, 60, 1440])}),
        _ => {
            json!({"level": choices.one(&["first_factor", "x"]), "afterMinutes": choices.one(&[0, -1, 10])})
        }
    }
}

fn question(choices: &mut Choices) -> Value {
    let mut question = Map::new();
    let mut ask = |name: &str, value: Value| {
        question.insert(name.to_owned(), value);
    };
    if choices.chance(25) {
        ask(
            "role",
            choices
                .one(&["admin", "org:admin", "org:org:admin", "member", "", "Admin"])
                .into(),
        );
    }
    if choices.chance(30) {
        let permission = format!(
            "{}{}:{}",
            choices.one(&["org:", "", "org:org:"]),
            choices.one(NAMES),
            choices.one(PERMISSIONS)
        );
        ask("permission", permission.into());
    }
    for name in ["feature", "plan"] {
        if choices.chance(25) {
            let scope = choices.one(&[
                "",
                "",
                "o:",
                "org:",
                "organization:",
                "u:",
                "user:",
                "ou:",
                "x:",
            ]);
            ask(
                name,
                format!(
                    "{scope}{}",
                    choices.one(&["dashboard", "invoices", "reports", "x y"])
                )
                .into(),
            );
        }
    }
    if choices.chance(25) {
        ask("reverification", reverification(choices));
    }
    question.into()
}
