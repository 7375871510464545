//! Machine tokens.

use serde_json::{Map, Value, json};

use super::Model;
use super::calls::Reply;
use super::token::Jwt;
use super::verify::Problem;

const FAILED: &str = "token-verification-failed";

impl Model<'_> {
    /// REQ-24 to REQ-28.
    pub(super) fn by_machine_token(&self, token: &str, kind: &str) -> Value {
        let verified = match self.decode_machine(token) {
            Some(jwt) if kind != "api_key" => self.verify_machine_jwt(&jwt, kind),
            _ => self.verify_opaque(token, kind),
        };
        match verified {
            Ok(object) => self.signed_in_machine(kind, &object, token),
            Err(Problem::Refused(code)) => self.signed_out_as(kind, code),
            Err(Problem::Outage(code)) => self.unavailable(kind, code),
        }
    }

    fn decode_machine(&self, token: &str) -> Option<Jwt> {
        let is_opaque = ["mt_", "oat_", "ak_"]
            .iter()
            .any(|prefix| token.starts_with(prefix));
        // TOK-16: what it is called goes before its shape.
        self.note_if(is_opaque && token.contains('.'), "TOK-16");
        if is_opaque {
            None
        } else {
            self.decode(token).ok()
        }
    }

    /// TOK-30 to TOK-36.
    fn verify_machine_jwt(&self, jwt: &Jwt, kind: &str) -> Result<Value, Problem> {
        let is_m2m = kind == "m2m_token";
        let cat = jwt.header.get("cat");
        self.note_if(cat.is_some_and(|cat| cat == "cl_I7d4PD111III"), "CAT-15");
        if is_m2m && !cat.is_none_or(|cat| cat == "cl_B7d4PD333AAA" || cat == "cl_I7d4PD111III") {
            return Err(Problem::Refused("token-invalid"));
        }
        // Which kind it is, its type says; so that is judged with the key at hand.
        let is_known = matches!(jwt.header_text("alg"), Some("RS256" | "RS384" | "RS512"));
        self.note_if(jwt.header.contains_key("crit"), "JWT-8");
        self.note_if(!is_known, "JWT-53");
        if jwt.header.contains_key("crit") || !is_known {
            return Err(Problem::Refused(FAILED));
        }
        let key = self.key(jwt).map_err(|problem| match problem {
            Problem::Refused(_) => Problem::Refused(FAILED),
            Problem::Outage(_) => Problem::Outage(FAILED),
        })?;
        let types: &[&str] = &["at+jwt", "application/at+jwt"];
        let checked = self.check_header(jwt, (!is_m2m).then_some(types));
        let checked = checked
            .and_then(|()| key.verify(jwt))
            .and_then(|()| self.check_machine_claims(jwt, is_m2m));
        checked.map_err(|_| Problem::Refused(FAILED))?;
        let payload = &jwt.payload;
        let (id, subject) = (
            jwt.text("jti").unwrap_or_default(),
            jwt.text("sub").unwrap_or_default(),
        );
        self.note("TOK-45");
        if is_m2m {
            let scopes = match payload.get("scopes") {
                Some(Value::String(scopes)) => words(scopes),
                Some(list) if is_list_of_texts(list) => texts(Some(list)),
                _ => texts(payload.get("aud")),
            };
            let mut claims = payload.clone();
            for name in ["iss", "sub", "exp", "nbf", "iat", "jti"] {
                claims.remove(name);
            }
            let claims = (!claims.is_empty()).then_some(claims);
            return Ok(object(
                kind,
                id,
                subject,
                &scopes,
                json!({ "claims": claims, "machineId": subject }),
            ));
        }
        let scopes = match (payload.get("scp"), payload.get("scope")) {
            (Some(list), _) if is_list_of_texts(list) => texts(Some(list)),
            (_, Some(Value::String(scope))) => words(scope),
            _ => Vec::new(),
        };
        let client = jwt.text("client_id").unwrap_or_default();
        Ok(object(
            kind,
            id,
            subject,
            &scopes,
            json!({ "userId": subject, "clientId": client }),
        ))
    }

    fn check_machine_claims(&self, jwt: &Jwt, is_m2m: bool) -> Result<(), &'static str> {
        if is_m2m {
            return self.check_claims(jwt, false, self.skew_ms());
        }
        // TOK-35: the audience is judged strictly, and by nothing else.
        let mut without = Jwt {
            header: jwt.header.clone(),
            payload: jwt.payload.clone(),
            signed: String::new(),
            signature: Vec::new(),
        };
        let named = without.payload.remove("aud");
        self.check_claims(&without, false, self.skew_ms())?;
        self.check_oauth_audience(named.as_ref())
    }

    /// TOK-35.
    fn check_oauth_audience(&self, named: Option<&Value>) -> Result<(), &'static str> {
        let wanted = self.list_option("audience");
        let is_strict = named.is_some_and(|aud| aud.is_string() || is_list_of_texts(aud));
        let named = texts(named);
        let is_filled =
            is_strict && !named.is_empty() && named.iter().all(|audience| !audience.is_empty());
        let fits = named
            .iter()
            .any(|audience| wanted.contains(&audience.as_str()));
        if wanted.is_empty() || is_filled && fits {
            Ok(())
        } else {
            Err(FAILED)
        }
    }

    /// TOK-20 to TOK-26.
    fn verify_opaque(&self, token: &str, kind: &str) -> Result<Value, Problem> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if token.len() > 512 || !token.bytes().all(is_plain) {
            self.note("TOK-14");
            return Err(Problem::Refused("token-invalid"));
        }
        let has_machine_key = kind == "m2m_token" && self.option("machineSecretKey").is_some();
        let has_client = self.vector.input_at("/no_api_client") != Some(&json!(true));
        if !has_client || self.secret_key().is_none() && !has_machine_key {
            self.note("REQ-2");
            return Err(Problem::Refused("unexpected-error"));
        }
        let reply = self.call("/verify");
        self.note_if(reply.has_no_list_of_errors(), "TOK-24");
        if reply.is_outage() {
            self.note("TOK-26");
            return Err(Problem::Outage("unexpected-error"));
        }
        match reply.status() {
            Some(401) => {
                self.note("TOK-24");
                return Err(Problem::Outage("secret-key-invalid"));
            }
            Some(404) => return Err(Problem::Refused("token-invalid")),
            Some(200..300) => {}
            _ => return Err(Problem::Refused("unexpected-error")),
        }
        self.read_answer(&reply, kind)
    }

    fn read_answer(&self, reply: &Reply, kind: &str) -> Result<Value, Problem> {
        self.note("TOK-25");
        let Some(Value::Object(answer)) = reply.json() else {
            return Err(Problem::Refused("unexpected-error"));
        };
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_set = |name: &str| {
            answer
                .get(name)
                .is_some_and(|value| *value != false && !value.is_null())
        };
        let unit = if kind == "oauth_token" { 1000 } else { 1 };
        let expires = answer.get("expiration").and_then(Value::as_i64);
        let is_over = expires.is_some_and(|at| at.saturating_mul(unit) <= self.vector.now_ms);
        let is_named = !text("id").is_empty() && !text("subject").is_empty();
        if answer.get("active") == Some(&json!(false))
            || is_set("revoked")
            || is_set("expired")
            || is_over
            || !is_named
        {
            return Err(Problem::Refused("token-invalid"));
        }
        let subject = text("subject");
        let claims = answer.get("claims").filter(|claims| claims.is_object());
        let more = match kind {
            "api_key" => json!({
                "name": text("name"),
                "claims": claims,
                "userId": Some(subject).filter(|id| id.starts_with("user_")),
                "orgId": Some(subject).filter(|id| id.starts_with("org_")),
            }),
            "m2m_token" => json!({ "claims": claims, "machineId": subject }),
            _ => {
                let aud = answer.get("aud");
                self.check_oauth_audience(aud).map_err(Problem::Refused)?;
                json!({ "userId": subject, "clientId": text("client_id") })
            }
        };
        Ok(object(
            kind,
            text("id"),
            subject,
            &texts(answer.get("scopes")),
            more,
        ))
    }
}

fn object(kind: &str, id: &str, subject: &str, scopes: &[String], more: Value) -> Value {
    let mut object: Map<String, Value> = Map::new();
    object.insert("tokenType".to_owned(), json!(kind));
    object.insert("isAuthenticated".to_owned(), json!(true));
    object.insert("id".to_owned(), json!(id));
    object.insert("subject".to_owned(), json!(subject));
    object.insert("scopes".to_owned(), json!(scopes));
    if let Value::Object(more) = more {
        object.extend(more);
    }
    object.into()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn is_list_of_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}

fn texts(value: Option<&Value>) -> Vec<String> {
    super::refresh::texts(value.unwrap_or(&Value::Null))
}
