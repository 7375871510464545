//! Whole requests: instance, options, address, headers, cookies, and what the Backend API answers.

use serde_json::{Map, Value, json};

use super::instances::{Instance, ORIGINS};
use super::{Case, NOW_MS, answers, tokens};
use crate::differential::Choices;

pub(super) fn case(choices: &mut Choices) -> Case {
    let instance = Instance::any(choices);
    let origin = instance.origin(choices);
    let kind = if instance.development {
        "sk_test_"
    } else {
        "sk_live_"
    };
    let mut client = json!({"secretKey": {"$secret": kind}, "publishableKey": instance.key});
    if choices.chance(75) {
        client["jwtKey"] = json!({"$key": "a.spki_pem"});
    }
    if choices.chance(4) {
        client["machineSecretKey"] = "ak_machine".into();
    }
    let options = options(choices, instance);
    if choices.chance(10) {
        move_to_client(choices, &options, &mut client);
    }
    let url = address(choices, instance, origin);
    let request = json!({
        "method": if choices.chance(75) { "GET" } else { choices.one(&["POST", "HEAD", "PUT", "OPTIONS", "DELETE"]) },
        "url": url,
        "headers": headers(choices, instance, origin),
    });
    let input = json!({"client_options": client, "options": options, "request": request});
    Case::new("authenticate_request", "authenticateRequest", &input)
        .with(
            "now",
            (NOW_MS + choices.one(&[0, 0, 0, 749, -250, -251, 750, 4_750])).into(),
        )
        .with("answers", answers::all(choices, instance, origin))
}

/// The options of a call.
fn options(choices: &mut Choices, instance: Instance) -> Value {
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| {
        options.insert(name.to_owned(), value);
    };
    if choices.chance(30) {
        set("acceptsToken", accepts(choices));
    }
    if choices.chance(20) {
        set("organizationSyncOptions", organization_sync(choices));
    }
    if choices.chance(18) {
        set("isSatellite", true.into());
        match choices.chance(75) {
            true => set(
                "domain",
                choices
                    .one(&["satellite.example.net", "sat.example.dev:4000"])
                    .into(),
            ),
            false => set("proxyUrl", "https://proxy.example.com/__clerk".into()),
        }
        set(
            "signInUrl",
            choices
                .one_ordinary(
                    &[
                        "https://primary.example.com/sign-in",
                        "https://primary.example.com/sign-in?x=1",
                        "https://primary.example.com/app#/sign-in",
                        "https://acme.example.com/sign-in",
                        "http://localhost:3000/sign-in",
                        "/sign-in",
                    ],
                    5,
                )
                .into(),
        );
        if choices.chance(35) {
            set("satelliteAutoSync", choices.chance(60).into());
        }
    } else {
        if choices.chance(8) {
            set(
                "domain",
                choices.one(&["custom.example.com", "d.example"]).into(),
            );
        }
        if choices.chance(10) {
            set(
                "proxyUrl",
                choices
                    .one(&[
                        "/__clerk",
                        "https://proxy.example.com/__clerk",
                        "https://proxy.example.com/__clerk/",
                        "/__clerk/",
                        "/",
                        "https://proxy.example.com:8443",
                        "http://proxy.example.com",
                    ])
                    .into(),
            );
        }
        if choices.chance(10) {
            set(
                "signInUrl",
                choices
                    .one(&[
                        "/sign-in",
                        "https://acme.example.com/sign-in",
                        "http://localhost:3000/sign-in",
                    ])
                    .into(),
            );
        }
    }
    if choices.chance(8) {
        let parties = json!([choices.one(ORIGINS), choices.one(ORIGINS)]);
        set("authorizedParties", parties);
    }
    if choices.chance(4) {
        set(
            "audience",
            choices.one(&["https://api.acme.example.com", "x"]).into(),
        );
    }
    if choices.chance(4) {
        let issuer = if choices.chance(60) {
            instance.issuer()
        } else {
            "https://x.example".to_owned()
        };
        set("issuer", issuer.into());
    }
    if choices.chance(5) {
        set("clockSkewInMs", choices.one(&[0, 1000, 60_000, 999]).into());
    }
    for (name, value) in [
        ("signUpUrl", "/up"),
        ("afterSignInUrl", "/a"),
        ("afterSignUpUrl", "/b"),
    ] {
        if choices.chance(2) {
            set(name, value.into());
        }
    }
    options.into()
}

fn accepts(choices: &mut Choices) -> Value {
    const KINDS: &[&str] = &["session_token", "api_key", "m2m_token", "oauth_token"];
    match choices.below(4) {
        0 => "any".into(),
        1 => choices.one(KINDS).into(),
        _ => {
            let mut kinds = choices.some(KINDS, 4);
            kinds.sort_unstable();
            kinds.dedup();
            json!(kinds)
        }
    }
}

fn organization_sync(choices: &mut Choices) -> Value {
    let organization: &[&[&str]] = &[
        &["/orgs/:slug", "/orgs/:slug/(.*)"],
        &["/orgs/:id", "/orgs/:id/", "/orgs/:id/(.*)"],
        &["/:slug/settings", "/(.*)/org/:id"],
        &["/orgs/:id(org_[A-Za-z0-9]+)", "/orgs/:slug"],
        &["/orgs/:slug?"],
        &["/orgs/:slug+"],
        &["/orgs/:id/s/:slug"],
        &["/orgs/:any"],
        &[],
    ];
    let personal: &[&[&str]] = &[&["/me", "/me/(.*)"], &["/(.*)"], &["/dashboard"], &[]];
    let mut sync = json!({});
    if choices.chance(85) {
        sync["organizationPatterns"] = json!(choices.one(organization));
    }
    if choices.chance(50) {
        sync["personalAccountPatterns"] = json!(choices.one(personal));
    }
    sync
}

/// Some options belong to the client as well.
fn move_to_client(choices: &mut Choices, options: &Value, client: &mut Value) {
    for name in ["domain", "isSatellite", "proxyUrl", "audience"] {
        if let Some(value) = options.get(name)
            && choices.chance(70)
        {
            client[name] = value.clone();
        }
    }
}

const PATHS: &[&str] = &[
    "/",
    "/dashboard",
    "/api/items",
    "/me",
    "/me/x",
    "/orgs/acme",
    "/orgs/org_2acmeAAAA",
    "/orgs/globex-corp/settings",
    "/orgs/org_2globexBBBB/x",
    "/orgs/org_2initechCCCC/s/initech",
    "/acme/settings",
    "/x/y/org/org_2acmeAAAA",
    "/orgs/a%2Fb",
    "/orgs/%C3%A9",
    "/orgs/Acme",
    "/orgs/acme/",
    "/orgs//acme",
    "/caf%C3%A9",
    "/a//b",
    "//evil.example/x",
    "/a/../b",
    "/a/./b",
    "/a%20b",
    "/a;b=c",
    "/a'b",
    "/a(b)",
    "/a,b@c:d",
    "/%zz",
    "/~user",
    "/a.b/c",
    "/sign-in",
];

/// An address with a query, of Clerk's parameters and of others.
fn address(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let base = format!("{origin}{}", choices.one(PATHS));
    let mut pairs: Vec<Value> = Vec::new();
    while choices.chance(30) && pairs.len() < 5 {
        pairs.push(match choices.below(12) {
            0 => json!([
                "__clerk_db_jwt",
                choices.one(&["dvb_query", "", "a%26b", "a+b", "dvb_2abcDEF"])
            ]),
            1 => json!([
                "__clerk_handshake",
                tokens::handshake(choices, instance, origin)
            ]),
            2 => json!([
                "__clerk_handshake_nonce",
                choices.one(&["nonce_7f3a", "", "a%20b%26c%2B%2F%3D%C3%A9", "n/../x"])
            ]),
            3 => json!([
                "__clerk_synced",
                choices.one(&["true", "false", "", "FALSE", "x"])
            ]),
            4 => json!([
                "__clerk_redirect_url",
                choices.one_ordinary(
                    &[
                        "https%3A%2F%2Fsat.example.dev%2Fx",
                        "https%3A%2F%2Fsat.example.dev%2Fback%3Fx%3D1%26__clerk_synced%3Dfalse",
                        "http%3A%2F%2Flocalhost%3A4000%2Fback%23h",
                        "%2Frelative",
                        "bad",
                    ],
                    3
                )
            ]),
            5 => json!(["__dev_session", "old"]),
            6 => json!(["__clerk_help", "1"]),
            7 => json!([choices.one(&[
                "flag",
                "a=1=2",
                "=",
                "",
                "a[]=1",
                "%zz",
                "x=%E0%A4%A",
                "+=+",
                "a%3Db"
            ])]),
            _ => json!([
                choices.one(&["a", "q", "b", "%C3%A9", "x y", "redirect_url"]),
                choices.one(&[
                    "1",
                    "a+b",
                    "a%20b",
                    "it's",
                    "%E2%9C%93",
                    "~*()!",
                    "",
                    "%2B",
                    "a%0Ab",
                    "\"<>`{}|",
                    "/x?y"
                ])
            ]),
        });
    }
    json!({"$query": {"base": base, "pairs": pairs}})
}

/// The headers in random order: what browsers, proxies and clients send.
fn headers(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let mut headers: Vec<Value> = Vec::new();
    let host = origin.split("://").nth(1).unwrap_or_default();
    if choices.chance(75) {
        headers.push(match choices.chance(85) {
            true => json!([
                "sec-fetch-dest",
                choices.one(&["document", "document", "iframe", "empty", "image"])
            ]),
            false => json!(["sec-fetch-dest", choices.one(&["", "Document", "frame"])]),
        });
    }
    if choices.chance(30) {
        headers.push(json!([
            "accept",
            choices.one(&[
                "text/html",
                "text/html,application/xhtml+xml",
                "application/json",
                "*/*",
                "TEXT/HTML",
                ""
            ])
        ]));
    }
    if choices.chance(50) {
        headers.push(json!([
            "user-agent",
            choices.one(&[
                "Mozilla/5.0 (X11; Linux x86_64)",
                "Amazon CloudFront",
                "curl/8.5.0",
                ""
            ])
        ]));
    }
    if choices.chance(40) {
        headers.push(match choices.chance(75) {
            true => json!(["host", host]),
            false => json!(["host", choices.one_ordinary(HOSTS, 7)]),
        });
    }
    for (name, values) in [
        ("x-forwarded-host", HOSTS),
        ("x-forwarded-proto", PROTOCOLS),
        ("x-forwarded-port", &["443", "8443", "", "x"][..]),
        ("cloudfront-forwarded-proto", PROTOCOLS),
    ] {
        if choices.chance(10) {
            headers.push(json!([name, choices.one_ordinary(values, 2)]));
        }
    }
    for name in ["referer", "origin"] {
        if choices.chance(if name == "referer" { 14 } else { 8 }) {
            headers.push(json!([
                name,
                referrer(choices, instance, origin, name == "origin")
            ]));
        }
    }
    if choices.chance(22) {
        headers.push(json!([
            "authorization",
            authorization(choices, instance, origin)
        ]));
    }
    if choices.chance(88) {
        headers.push(json!(["cookie", {"$cookies": cookies(choices, instance, origin)}]));
    }
    let middle = choices.below(headers.len().max(1));
    headers.rotate_left(middle);
    headers.into()
}

// The first seven are plain, as `one_ordinary` asks.
const HOSTS: &[&str] = &[
    "fwd.example.com",
    "fwd.example.com:8443",
    "a.example.com, b.example.com",
    "a.example.com,b.example.com",
    "localhost:3000",
    "acme.example.com",
    "App.Example.COM",
    "fwd.example.com:443",
    "fwd.example.com:80",
    "",
    " ",
    ",b.example.com",
    "bad host",
    "[::1]:3000",
    "127.0.0.1",
    "xn--bcher-kva.example",
    "example.com:99999",
    "example.com:abc",
    "fwd.example.com.",
    "a_b.example.com",
];

const PROTOCOLS: &[&str] = &[
    "https",
    "http",
    "https,http",
    "http, https",
    "",
    "HTTPS",
    " https",
    "https:",
    "ftp",
    "wss",
];

fn referrer(choices: &mut Choices, instance: Instance, origin: &str, bare: bool) -> String {
    let accounts = instance.frontend_api.replacen("clerk.", "accounts.", 1);
    let from = match choices.below(10) {
        0 => "https://partner.example.net".to_owned(),
        1 | 2 => format!("https://{}", instance.frontend_api),
        3 => format!("https://{accounts}"),
        4 => "https://happy-llama-9.accounts.dev".to_owned(),
        5 => "https://accounts.happy.llama-9.lcl.dev".to_owned(),
        6 => choices.one(ORIGINS).to_owned(),
        7 => choices
            .one(&[
                "https://proxy.example.com",
                "https://primary.example.com",
                "http://localhost:4000",
                "https://acme.example.com:8443",
            ])
            .to_owned(),
        8 => {
            return choices
                .one(&[
                    "not a url",
                    "about:blank",
                    "/relative",
                    "null",
                    "",
                    "https://",
                ])
                .to_owned();
        }
        _ => origin.to_owned(),
    };
    if bare {
        return from;
    }
    format!(
        "{from}{}",
        choices.one(&[
            "/",
            "",
            "/prev?x=1",
            "/sign-in",
            "/v1/client/handshake?redirect_url=x"
        ])
    )
}

fn authorization(choices: &mut Choices, instance: Instance, origin: &str) -> Value {
    let token = match choices.below(4) {
        0 | 1 => tokens::session(choices, instance, origin),
        2 => tokens::machine(choices, instance),
        _ => match !choices.odd(50) {
            true => choices.one(tokens::OPAQUE).into(),
            false => choices.one(tokens::GARBAGE).into(),
        },
    };
    match if choices.odd(100) {
        choices.below(10)
    } else {
        9
    } {
        0 => json!({"$join": ["bearer ", token]}),
        1 => token,
        2 => json!({"$join": ["Bearer  ", token]}),
        3 => choices
            .one(&[
                "Basic eDp5",
                "Bearer",
                "",
                "Bearer undefined",
                "Digest x",
                "Bearer a b",
            ])
            .into(),
        _ => json!({"$join": ["Bearer ", token]}),
    }
}

/// Cookies with and without suffix, in random order.
fn cookies(choices: &mut Choices, instance: Instance, origin: &str) -> Vec<Value> {
    let names = instance.names();
    let mut cookies: Vec<Value> = Vec::new();
    let suffixed_too = choices.chance(55);
    for suffixed in [false, true] {
        if suffixed && !suffixed_too {
            continue;
        }
        let name = |plain: &'static str, long: &str| {
            if suffixed {
                long.to_owned()
            } else {
                plain.to_owned()
            }
        };
        if choices.chance(62) {
            let token = tokens::session(choices, instance, origin);
            cookies.push(json!([name("__session", names.session()), token]));
        }
        if choices.chance(68) {
            let seconds = NOW_MS / 1000;
            let uat = match choices.below(8) {
                0 => "0".to_owned(),
                1 if choices.odd(100) => choices
                    .one(&[
                        "x",
                        "",
                        "-1",
                        "1774000000.5",
                        " 1774000000",
                        "1e9",
                        "00",
                        "0x10",
                        "99999999999999999999",
                    ])
                    .to_owned(),
                2 => (seconds + 100).to_string(),
                3 => (seconds - 20).to_string(),
                4 => (seconds - 19).to_string(),
                _ => (seconds - 500).to_string(),
            };
            cookies.push(json!([name("__client_uat", names.client_uat()), uat]));
        }
        if choices.chance(20) {
            cookies.push(json!([
                name("__refresh", names.refresh()),
                choices.one(&["rt_can_be_anything", "rt", ""])
            ]));
        }
        if choices.chance(if instance.development { 60 } else { 10 }) {
            cookies.push(json!([
                name("__clerk_db_jwt", names.dev_browser()),
                choices.one(&["dvb_2abcDEF", "dvb_2abcDEF", "", "a%26b"])
            ]));
        }
    }
    if choices.chance(8) {
        cookies.push(json!([
            "__clerk_redirect_count",
            choices.one_ordinary(&["0", "1", "2", "3", "4", "x", "", "-1", "10", "2.5"], 4)
        ]));
    }
    if choices.chance(6) {
        cookies.push(json!([
            "__clerk_handshake",
            tokens::handshake(choices, instance, origin)
        ]));
    }
    if choices.chance(4) {
        cookies.push(json!([
            "__clerk_handshake_nonce",
            choices.one(&["nonce_7f3a", "", "a%20b"])
        ]));
    }
    if choices.odd(25) {
        cookies.push(
            [
                json!(["theme", "dark"]),
                json!(["theme", "a%3Bb"]),
                json!(["theme", ""]),
                json!(["flag"]),
                json!(["x", "a=b"]),
                json!(["__session", "second"]),
                json!(["__SESSION", "x"]),
                json!(["__session_other", "x"]),
                json!(["__client_uat_other", "1"]),
                json!(["q", "\"quoted\""]),
                json!(["bad", "%zz"]),
                json!([" spaced ", " v "]),
            ][choices.below(12)]
            .clone(),
        );
    }
    let middle = choices.below(cookies.len().max(1));
    cookies.rotate_left(middle);
    cookies
}
