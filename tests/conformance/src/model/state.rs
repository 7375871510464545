//! States in the vectors' form.

use serde_json::{Value, json};

use super::Model;
use super::token::Jwt;
use crate::deviation::session_object;

const ECHOES: [(&str, &str); 7] = [
    ("publishableKey", "publishable_key"),
    ("domain", "domain"),
    ("signInUrl", "sign_in_url"),
    ("signUpUrl", "sign_up_url"),
    ("afterSignInUrl", "after_sign_in_url"),
    ("afterSignUpUrl", "after_sign_up_url"),
    ("proxyUrl", "proxy_url"),
];

impl Model<'_> {
    /// A state without headers; `kind` is null where the presented kind is not accepted.
    pub(super) fn state(
        &self,
        status: &str,
        reason: Option<&str>,
        kind: Value,
        object: &Value,
    ) -> Value {
        let mut state = json!({ "is_satellite": self.is_satellite() && !kind.is_null() });
        for (option, name) in ECHOES {
            let text = self.text_option(option).filter(|_| !kind.is_null());
            let text = text.unwrap_or_default();
            let is_trimmed = matches!(option, "publishableKey" | "domain" | "proxyUrl");
            state[name] = json!(if is_trimmed { text.trim() } else { text });
        }
        if !kind.is_null()
            && let Some(proxy) = self.proxy_at_the_page()
        {
            state["proxy_url"] = json!(proxy);
        }
        // CFG-4: the reference knows of the sign-in page with the call only.
        self.note_if(
            self.vector.text("/client_options/signInUrl").is_some(),
            "CFG-4",
        );
        let is_signed_in = status == "signed-in";
        state["status"] = json!(status);
        state["reason"] = json!(reason);
        state["token_type"] = kind;
        state["token"] = Value::Null;
        state["is_signed_in"] = json!(is_signed_in);
        state["is_authenticated"] = json!(is_signed_in);
        state["to_auth"] = json!({ "ok": object });
        state["to_auth_pending"] = json!("=");
        state["headers"] = match reason {
            Some(reason) => json!([
                ["x-clerk-auth-reason", reason],
                ["x-clerk-auth-status", status]
            ]),
            None => json!([]),
        };
        state
    }

    /// The proxy as an address.
    pub(super) fn proxy_at_the_page(&self) -> Option<String> {
        let proxy = self.proxy()?;
        if !proxy.starts_with('/') {
            return Some(proxy);
        }
        Some(format!("{}{proxy}", self.page()?.origin_str()))
    }

    pub(super) fn signed_out(&self, reason: &str) -> Value {
        self.signed_out_as("session_token", reason)
    }

    pub(super) fn signed_out_as(&self, kind: &str, reason: &str) -> Value {
        self.state("signed-out", Some(reason), json!(kind), &nobody(kind))
    }

    /// REQ-10.
    pub(super) fn not_accepted(&self) -> Value {
        let nobody = json!({ "tokenType": null, "isAuthenticated": false });
        self.state(
            "signed-out",
            Some("token-type-mismatch"),
            Value::Null,
            &nobody,
        )
    }

    pub(super) fn unavailable(&self, kind: &str, reason: &str) -> Value {
        self.state("unavailable", Some(reason), json!(kind), &Value::Null)
    }

    pub(super) fn signed_in(&self, jwt: &Jwt, token: &str) -> Value {
        let object = session_object(&jwt.payload);
        self.note_claims(jwt);
        let mut state = self.state("signed-in", None, json!("session_token"), &object);
        state["token"] = json!(token);
        if object["sessionStatus"] == "pending" {
            let mut nobody = nobody("session_token");
            nobody["sessionStatus"] = json!("pending");
            state["to_auth"] = json!({ "ok": nobody });
            state["to_auth_pending"] = json!({ "ok": object });
        }
        state
    }

    pub(super) fn signed_in_machine(&self, kind: &str, object: &Value, token: &str) -> Value {
        let mut state = self.state("signed-in", None, json!(kind), object);
        state["token"] = json!(token);
        state
    }

    /// AUTH-12, AUTH-22, AUTH-27: claims that the reference passes on, or fails on.
    fn note_claims(&self, jwt: &Jwt) {
        let claims = Value::Object(jwt.payload.clone());
        let features = claims["fea"].as_str().unwrap_or_default();
        let is_malformed = features.split(',').any(|element| !element.contains(':'));
        self.note_if(
            claims["v"] == 2 && !features.is_empty() && is_malformed,
            "AUTH-27",
        );
        self.note_if(crate::deviation::has_unusual_claims(&claims), "AUTH-12");
    }
}

fn nobody(kind: &str) -> Value {
    let members: &[&str] = match kind {
        "api_key" => &[
            "id", "subject", "scopes", "name", "claims", "userId", "orgId",
        ],
        "m2m_token" => &["id", "subject", "scopes", "claims", "machineId"],
        "oauth_token" => &["id", "subject", "scopes", "userId", "clientId"],
        _ => &[
            "sessionClaims",
            "sessionId",
            "sessionStatus",
            "userId",
            "actor",
            "orgId",
            "orgRole",
            "orgSlug",
            "orgPermissions",
            "factorVerificationAge",
        ],
    };
    let mut object = json!({ "tokenType": kind, "isAuthenticated": false });
    for member in members {
        object[*member] = Value::Null;
    }
    object
}
