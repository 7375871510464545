//! What is filled into a generated case: tokens, cookie headers, addresses, keys.
//!
//! | form | becomes |
//! | --- | --- |
//! | `{"$sign": {"header", "payload", "key", "damage"?}}` | a token, signed with the key of that name |
//! | `{"$join": [parts]}` | the parts, one after the other |
//! | `{"$cookies": [[name, value]…]}` | a `Cookie` header |
//! | `{"$query": {"base", "pairs": [[name, value]…]}}` | an address with a query; without a value only the name |
//! | `{"$svix": {"secret", "id", "timestamp", "body"}}` | a webhook signature |
//! | `{"$secret": prefix}` | a secret key that no other case has |
//! | `{"$key": path}` | the value at that path of the key table |

use std::collections::HashMap;

use clerk_core::crypto::HmacSha256Key;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use serde_json::{Map, Value, json};

/// Fills templates in.
#[derive(Debug)]
pub struct Renderer {
    keys: Value,
    pairs: HashMap<String, RsaKeyPair>,
    signed: HashMap<String, String>,
    secrets: u64,
}

/// How many tokens are kept for the next case.
const KEPT_TOKENS: usize = 20_000;

impl Renderer {
    /// A renderer with a key table; `seed` tells its secret keys from those of others.
    #[must_use]
    pub fn new(keys: Value, seed: u64) -> Self {
        Self {
            keys,
            pairs: HashMap::new(),
            signed: HashMap::new(),
            secrets: seed << 24,
        }
    }

    /// The key table.
    #[must_use]
    pub fn keys(&self) -> &Value {
        &self.keys
    }

    /// A template with everything filled in.
    ///
    /// # Errors
    ///
    /// When the template is malformed, as one that was made smaller can be.
    pub fn render(&mut self, template: &Value) -> Result<Value, String> {
        self.secrets += 1;
        self.value(template)
    }

    fn value(&mut self, template: &Value) -> Result<Value, String> {
        match template {
            Value::Array(list) => list.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => match map.iter().next() {
                Some((form, content)) if map.len() == 1 && form.starts_with('$') => {
                    self.form(form, content)
                }
                _ => {
                    let mut filled = Map::new();
                    for (name, member) in map {
                        filled.insert(name.clone(), self.value(member)?);
                    }
                    Ok(Value::Object(filled))
                }
            },
            plain => Ok(plain.clone()),
        }
    }

    fn form(&mut self, form: &str, content: &Value) -> Result<Value, String> {
        match form {
            "$sign" => self.token(content),
            "$join" => Ok(self.texts(content)?.concat().into()),
            "$cookies" => {
                let pairs = self.pairs_of(content)?;
                let pairs = pairs.iter().map(|(name, value)| match value {
                    Some(value) => format!("{name}={value}"),
                    None => name.clone(),
                });
                Ok(pairs.collect::<Vec<_>>().join("; ").into())
            }
            "$query" => {
                let base = self.value(&content["base"])?;
                let base = base.as_str().ok_or("a query without base")?;
                let pairs = self.pairs_of(&content["pairs"])?;
                let pairs = pairs.iter().map(|(name, value)| match value {
                    Some(value) => format!("{name}={value}"),
                    None => name.clone(),
                });
                let query = pairs.collect::<Vec<_>>().join("&");
                Ok(match query.is_empty() {
                    true => base.into(),
                    false => format!("{base}?{query}").into(),
                })
            }
            "$svix" => self.svix(content),
            "$secret" => {
                let prefix = content.as_str().ok_or("a secret without prefix")?;
                Ok(format!("{prefix}{:016x}", self.secrets).into())
            }
            "$key" => {
                let path = content.as_str().ok_or("a key without path")?;
                let found = path
                    .split('.')
                    .try_fold(&self.keys, |at, name| at.get(name));
                found
                    .cloned()
                    .ok_or_else(|| format!("there is no key {path}"))
            }
            // A special value of the vectors' own.
            _ => Ok(json!({ form: content })),
        }
    }

    fn texts(&mut self, list: &Value) -> Result<Vec<String>, String> {
        let list = list.as_array().ok_or("no list")?;
        list.iter()
            .map(|item| match self.value(item)? {
                Value::String(text) => Ok(text),
                other => Ok(other.to_string()),
            })
            .collect()
    }

    fn pairs_of(&mut self, list: &Value) -> Result<Vec<(String, Option<String>)>, String> {
        let list = list.as_array().ok_or("no list of pairs")?;
        let mut pairs = Vec::new();
        for pair in list {
            let texts = self.texts(pair)?;
            let mut texts = texts.into_iter();
            pairs.push((texts.next().ok_or("a pair without name")?, texts.next()));
        }
        Ok(pairs)
    }

    fn token(&mut self, spec: &Value) -> Result<Value, String> {
        let spec = self.value(spec)?;
        let cached = spec.to_string();
        if let Some(token) = self.signed.get(&cached) {
            return Ok(token.clone().into());
        }
        let part = |name: &str| match &spec[name] {
            // A text is taken for the JSON itself, so that it can be malformed.
            Value::String(text) => base64_url(text.as_bytes()),
            value => base64_url(value.to_string().as_bytes()),
        };
        let message = format!("{}.{}", part("header"), part("payload"));
        let key = spec["key"].as_str().ok_or("a token without key")?;
        let signature = self.sign(&message, &spec["header"]["alg"], key)?;
        let mut token = format!("{message}.{}", base64_url(&signature));
        match spec["damage"].as_str() {
            Some("cut") => token.truncate(message.len() + 1),
            Some("flip") => {
                let at = message.len() + 20;
                let other = if token[at..].starts_with('A') {
                    "B"
                } else {
                    "A"
                };
                token.replace_range(at..=at, other);
            }
            Some(more) => token.push_str(more),
            None => {}
        }
        if self.signed.len() >= KEPT_TOKENS {
            self.signed.clear();
        }
        self.signed.insert(cached, token.clone());
        Ok(token.into())
    }

    fn sign(&mut self, message: &str, algorithm: &Value, key: &str) -> Result<Vec<u8>, String> {
        if !self.pairs.contains_key(key) {
            let pem = self.keys[key]["private_pkcs8_pem"].as_str();
            let pem = pem.ok_or_else(|| format!("there is no key {key}"))?;
            let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let der = base64_simd::STANDARD
                .decode_to_vec(der)
                .map_err(|error| error.to_string())?;
            let pair = RsaKeyPair::from_pkcs8(&der).map_err(|error| error.to_string())?;
            self.pairs.insert(key.to_owned(), pair);
        }
        let pair = &self.pairs[key];
        let padding: &dyn ring::signature::RsaEncoding = match algorithm.as_str() {
            Some("RS384") => &RSA_PKCS1_SHA384,
            Some("RS512") => &RSA_PKCS1_SHA512,
            Some("PS256") => &RSA_PSS_SHA256,
            _ => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(
            padding,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .map_err(|error| error.to_string())?;
        Ok(signature)
    }

    fn svix(&mut self, content: &Value) -> Result<Value, String> {
        let content = self.value(content)?;
        let text = |name: &str| content[name].as_str().ok_or_else(|| format!("no {name}"));
        let secret = text("secret")?;
        let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
        let secret = base64_simd::STANDARD
            .decode_to_vec(secret)
            .map_err(|error| error.to_string())?;
        let message = format!("{}.{}.{}", text("id")?, text("timestamp")?, text("body")?);
        let mac = HmacSha256Key::new(&secret).sign(message.as_bytes());
        Ok(base64_simd::STANDARD.encode_to_string(mac).into())
    }
}

fn base64_url(bytes: &[u8]) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}
