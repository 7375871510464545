//! Redirects, and what is read from a request.

use serde_json::{Value, json};

use super::Case;
use super::instances::{INSTANCES, ORIGINS};
use crate::differential::Choices;

pub(super) fn case(choices: &mut Choices) -> Case {
    match choices.chance(50) {
        true => redirect(choices),
        false => request(choices),
    }
}

const TARGETS: &[&str] = &[
    "/sign-in",
    "/sign-in?x=1",
    "/sign-in#h",
    "sign-in",
    "?x",
    "https://primary.example.com/sign-in",
    "https://primary.example.com/sign-in/",
    "https://primary.example.com",
    "https://primary.example.com/in?redirect_url=old&y=%20",
    "http://current.example:3000/in",
    "//other.example/in",
    "https://acme.example.com:443/in",
    "/a/../b",
    "/in/",
];

const BACKS: &[&str] = &[
    "/back",
    "back?x=1",
    "https://current.example/back?x=1",
    "http://current.example:3000/back?__clerk_synced=true&z=1",
    "https://acme.example.com/a?b=c&d=%20e+f#h",
    "",
    "//evil.example/x",
    "/a//b?q=it's~*()!",
    "https://acme.example.com/caf%C3%A9?q=%E2%9C%93",
];

fn redirect(choices: &mut Choices) -> Case {
    let mut options = json!({});
    if choices.chance(85) {
        options["publishableKey"] = choices.one(INSTANCES).key.into();
    }
    options["baseUrl"] = match choices.chance(92) {
        true => format!(
            "{}{}",
            choices.one(ORIGINS),
            choices.one(&["", "/", "/p/q?x=1", "/deep/page"])
        )
        .into(),
        false => "".into(),
    };
    if choices.chance(60) {
        options["signInUrl"] = choices.one(TARGETS).into();
    }
    if choices.chance(40) {
        options["signUpUrl"] = choices.one(TARGETS).into();
    }
    if choices.chance(30) {
        options["isSatellite"] = true.into();
    }
    if choices.chance(40) {
        options["devBrowserToken"] = choices.one(&["dvb_x", "dvb_x&y", "a+b c", ""]).into();
    }
    if choices.chance(20) {
        options["sessionStatus"] = choices.one(&["pending", "active"]).into();
    }
    let call = choices.one(&["redirectToSignIn", "redirectToSignUp"]);
    let mut input = json!({"options": options, "call": call});
    if choices.chance(85) {
        input["args"] = match choices.chance(85) {
            true => json!({"returnBackUrl": choices.one(BACKS)}),
            false => json!({}),
        };
    }
    Case::new("urls_and_keys", "createRedirect", &input)
}

fn request(choices: &mut Choices) -> Case {
    let url = format!(
        "{}{}{}",
        choices.one(ORIGINS),
        choices
            .text(
                &[
                    "/", "a", "/b", "%20", "%2F", "..", ";", "'", "é", "(", "%zz", "\"", "|"
                ],
                5
            )
            .replacen("", "/", 1),
        choices.one(&[
            "",
            "?",
            "?q=1",
            "?q=it's",
            "?a=b&a=c&=&&x",
            "?x=✓",
            "?\"<>`{}|"
        ]),
    );
    let mut headers: Vec<Value> = Vec::new();
    let hosts: &[&str] = &[
        "example.com",
        "example.com:3000",
        "EXAMPLE.com",
        "a b",
        "",
        "x,y",
        "exa_mple.com",
        "[::1]",
        "1.2.3.4:80",
        "evil.example/x",
        "u@h",
        "h:443",
        "h:0",
        "%65x.com",
    ];
    for name in ["host", "x-forwarded-host"] {
        if choices.chance(50) {
            headers.push(json!([name, choices.one(hosts)]));
        }
    }
    if choices.chance(50) {
        headers.push(json!([
            "x-forwarded-proto",
            choices.one(&[
                "https",
                "http",
                "https,http",
                "",
                "HTTP",
                "ftp",
                "https:",
                " http "
            ])
        ]));
    }
    if choices.chance(60) {
        let pieces = &[
            "a=1",
            "; ",
            ";",
            "b=",
            "=c",
            "d",
            "a=2",
            "e=%41",
            "f=%zz",
            "g=\"q\"",
            "h= x ",
            " i=1",
            "j=a=b",
            "__session=x",
            ",",
            "k=é",
            "__proto__=1",
        ];
        headers.push(json!(["cookie", choices.text(pieces, 8)]));
    }
    let input = json!({"url": url, "headers": headers});
    Case::new("urls_and_keys", "createClerkRequest", &input)
}
