//! Publishable keys, secret keys, and hosts.

use serde_json::{Value, json};

use super::Case;
use super::instances::INSTANCES;
use crate::differential::Choices;

const LABELS: &[&str] = &[
    "clerk",
    "accounts",
    "foo-bar-13",
    "one-two-1",
    "example",
    "acme",
    "a",
    "lcl",
    "stg",
    "happy.hippo-1",
    "xn--bcher-kva",
];
const ENDINGS: &[&str] = &[
    "com",
    "dev",
    "accounts.dev",
    "clerk.accounts.dev",
    "accountsstage.dev",
    "clerk.accountsstage.dev",
    "lcl.dev",
    "lclstage.dev",
    "lclclerk.com",
    "accounts.lclclerk.com",
    "dev.lclclerk.com",
    "stg.lclclerk.com",
    "prod.lclclerk.com",
    "stg.dev",
    "stgstage.dev",
    "example.com",
    "example.com:8443",
    "DEV",
    "dev.",
];

fn host(choices: &mut Choices) -> String {
    let mut labels = choices.some(LABELS, 3);
    labels.push(choices.one(ENDINGS));
    labels.join(".")
}

fn key(choices: &mut Choices) -> String {
    if choices.chance(10) {
        return choices.one(INSTANCES).key.to_owned();
    }
    let prefix = match choices.chance(85) {
        true => choices.one(&["pk_test_", "pk_live_"]),
        false => choices.one(&[
            "pk_",
            "PK_TEST_",
            "sk_test_",
            "test_",
            "live_",
            "",
            "pk_test",
            "pk_live__",
        ]),
    };
    let text = match choices.below(8) {
        0 => choices
            .one(&["$", "a$", "a.b", "a.b$$", "a$.b$", ".$", "a..b$", "a.b$ "])
            .to_owned(),
        _ => format!("{}$", host(choices)),
    };
    let encoded = base64_simd::STANDARD.encode_to_string(text.as_bytes());
    let encoded = match choices.below(6) {
        0 => encoded,
        1 => encoded.replace('=', "") + "=",
        2 if choices.chance(30) => encoded + choices.one(&["_", "_x", "-", "!", "%"]),
        _ => encoded.replace('=', ""),
    };
    format!("{prefix}{encoded}")
}

pub(super) fn case(choices: &mut Choices) -> Case {
    let make = |function, input: &Value| Case::new("urls_and_keys", function, input);
    match choices.below(14) {
        0..=2 => {
            let mut options = json!({});
            if choices.chance(30) {
                options["fatal"] = choices.chance(70).into();
            }
            if choices.chance(40) {
                options["domain"] = choices
                    .one(&["d.example.com", "", "sat.example.net"])
                    .into();
            }
            if choices.chance(40) {
                options["isSatellite"] = choices.chance(80).into();
            }
            if choices.chance(20) {
                options["proxyUrl"] = choices
                    .one(&["https://proxy.example.com/__clerk", "/__clerk", ""])
                    .into();
            }
            make(
                "parsePublishableKey",
                &json!({"key": key(choices), "options": options}),
            )
        }
        3 => make("isPublishableKey", &json!({"key": key(choices)})),
        4 => {
            let function = choices.one(&[
                "isDevelopmentFromPublishableKey",
                "isProductionFromPublishableKey",
                "isDevelopmentFromSecretKey",
                "isProductionFromSecretKey",
            ]);
            let key = match choices.chance(50) {
                true => key(choices),
                false => choices
                    .one(&["sk_test_x", "sk_live_x", "test_x", "live_x", "sk_", ""])
                    .to_owned(),
            };
            make(function, &json!({ "key": key }))
        }
        5 | 6 => make("getCookieSuffix", &json!({"key": key(choices)})),
        7 => make("apiUrlFromPublishableKey", &json!({"key": key(choices)})),
        8 | 9 => {
            let function = choices.one(&["buildAccountsBaseUrl", "buildPublishableKey"]);
            make(function, &json!({"frontend_api": host(choices)}))
        }
        10 => {
            let mut input = json!({"host": host(choices)});
            if choices.chance(40) {
                input["fallback_key"] = choices.one(INSTANCES).key.into();
            }
            make("publishableKeyFromHost", &input)
        }
        11 => {
            let function = choices.one(&[
                "isLegacyDevAccountPortalOrigin",
                "isCurrentDevAccountPortalOrigin",
            ]);
            make(function, &json!({"host": host(choices)}))
        }
        12 => make("isDevOrStagingUrl", &json!({"url": host(choices)})),
        _ => {
            let mut environment = json!({
                "VERCEL_TARGET_ENV": choices.one(&["production", "production", "preview", ""]),
                "VERCEL_PROJECT_PRODUCTION_URL": choices.one(&["x.vercel.app", "vercel.app", "a.b.vercel.app", "acme.com", "", "X.VERCEL.APP", "x.vercel.app/p"]),
            });
            if choices.chance(40) {
                environment["CLERK_DISABLE_AUTO_PROXY"] = choices
                    .one(&["1", "true", "false", "0", "TRUE", "2", "x", ""])
                    .into();
            }
            let mut input =
                json!({"publishableKey": choices.one(INSTANCES).key, "environment": environment});
            for name in ["hasProxyUrl", "hasDomain"] {
                if choices.chance(15) {
                    input[name] = true.into();
                }
            }
            make("getAutoProxyUrlFromEnvironment", &input)
        }
    }
}
