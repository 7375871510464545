//! `doctor`: does the environment fit together, and does what it names answer?

use clerk_core::checkup::{
    Finding, Severity, check_clock_skew, check_environment, check_same_keys, check_token_size,
};
use clerk_core::env::names;
use clerk_core::{Clock, Config};
use clerk_http::{ApiClient, ApiRequest, HyperTransport, SharedTransport};
use http::Method;
use serde_json::Value;

use crate::Failure;
use crate::api::{client, is_live, variable};
use crate::args::Args;

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    args.allow(&["live", "token"])?;
    let mut findings = check_environment(variable);
    findings.extend(live_key(args));
    findings.extend(webhook_secret());
    let config = Config::from_lookup(variable).unwrap_or_default();
    findings.extend(offline_addresses(&config));
    if let Some(token) = args.option("token") {
        findings.extend(token_findings(token, &config));
    }
    if config.secret_key.is_some() {
        match client(args) {
            Ok(client) => findings.extend(answers(&client, &config).await),
            Err(error) => findings.push(Finding::broken(
                "Backend API",
                "was not asked",
                error.to_string(),
            )),
        }
    }
    for finding in &findings {
        println!("{finding}");
    }
    let problems = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Broken)
        .count();
    match problems {
        0 => Ok(()),
        1 => Err("1 problem".into()),
        _ => Err(format!("{problems} problems").into()),
    }
}

fn live_key(args: &Args) -> Option<Finding> {
    let key = variable(names::SECRET_KEY)?;
    (is_live(&key) && args.flag("live")).then(|| {
        Finding::warning(
            names::SECRET_KEY,
            "is a live key (accepted with --live)",
            "use a development instance where nothing real shall happen",
        )
    })
}

fn webhook_secret() -> Option<Finding> {
    const ABOUT: &str = names::WEBHOOK_SIGNING_SECRET;
    let secret = variable(ABOUT)?;
    Some(match clerk_webhooks::SigningSecret::parse(&secret) {
        Ok(_) => Finding::fine(ABOUT, "can be read"),
        Err(error) => Finding::broken(
            ABOUT,
            error.to_string(),
            "copy the signing secret from the endpoint's page in the Clerk Dashboard",
        ),
    })
}

/// The hosts of offline instances exist nowhere: both addresses must be given.
fn offline_addresses(config: &Config) -> Vec<Finding> {
    const HOSTS: [&str; 2] = [
        "offline-clerk-00.clerk.accounts.dev",
        "clerk.offline.invalid",
    ];
    let key = config.publishable_key.as_ref();
    if !key.is_some_and(|key| HOSTS.contains(&key.frontend_api().host())) {
        return Vec::new();
    }
    let is_here = |name: &str| {
        variable(name).is_some_and(|url| {
            url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:")
        })
    };
    [names::API_URL, names::PROXY_URL]
        .into_iter()
        .filter(|name| !is_here(name))
        .map(|name| {
            Finding::broken(
                name,
                "does not point at the offline Clerk, whose keys these are",
                "export what `offline-clerk serve` prints",
            )
        })
        .collect()
}

/// What a session token says, without looking at its signature.
fn token_findings(token: &str, config: &Config) -> Vec<Finding> {
    const ABOUT: &str = "session token";
    let payload = token.split('.').nth(1);
    let bytes = payload.and_then(|part| base64_simd::URL_SAFE_NO_PAD.decode_to_vec(part).ok());
    let claims: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(claims) = claims else {
        return vec![Finding::broken(
            ABOUT,
            "is no JWT",
            "give the value of the __session cookie, or what follows Bearer",
        )];
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let mut findings = vec![check_token_size(token.len())];
    if let Some(expires_at) = claims.get("exp").and_then(Value::as_i64) {
        let since = Clock::system()
            .now_ms()
            .div_euclid(1000)
            .saturating_sub(expires_at);
        if since > 0 {
            findings.push(Finding::warning(
                ABOUT,
                format!("expired {since} s ago"),
                "session tokens live a minute: take a fresh one (`offline-clerk token`)",
            ));
        }
    }
    if let Some(key) = &config.publishable_key {
        let issuer = key.frontend_api().origin();
        findings.push(match text("iss") {
            Some(found) if found == issuer.as_str() => {
                Finding::fine(ABOUT, "was made by the instance of the publishable key")
            }
            found => Finding::broken(
                ABOUT,
                format!("was made by {}, not by {issuer}", found.unwrap_or("nobody")),
                "sign in to the application whose keys these are",
            ),
        });
    }
    if !config.authorized_parties.is_empty() {
        let party = text("azp");
        let is_listed =
            party.is_some_and(|party| config.authorized_parties.iter().any(|own| own == party));
        findings.push(if is_listed {
            Finding::fine(ABOUT, "was made for a page of this application")
        } else {
            Finding::broken(
                ABOUT,
                format!(
                    "was made for {}, which CLERK_AUTHORIZED_PARTIES does not list",
                    party.unwrap_or("no page")
                ),
                "add that origin if it is yours",
            )
        });
    }
    findings
}

/// What the two interfaces say: keys of one instance, and the time.
async fn answers(client: &ApiClient, config: &Config) -> Vec<Finding> {
    const ABOUT: &str = "Backend API";
    let answer = match client
        .send(ApiRequest::new("jwks.get", Method::GET, "/jwks"))
        .await
    {
        Ok(answer) => answer,
        Err(error) if error.is_unauthorized() => {
            return vec![Finding::broken(
                names::SECRET_KEY,
                "is refused by the Backend API",
                "copy it again from the API keys page of the Clerk Dashboard",
            )];
        }
        Err(error) => {
            return vec![Finding::broken(
                ABOUT,
                error.to_string(),
                "check CLERK_API_URL, and that this machine can reach it",
            )];
        }
    };
    let mut findings = vec![Finding::fine(ABOUT, "answers")];
    findings.extend(
        answer
            .date_ms()
            .map(|date| check_clock_skew(Clock::system().now_ms(), date)),
    );
    let own = key_ids(answer.json().ok().as_ref());
    match frontend_keys(config).await {
        Some(Ok(keys)) => findings.push(check_same_keys(&own, &keys)),
        Some(Err(error)) => findings.push(Finding::warning(
            "Frontend API",
            error.to_string(),
            "check CLERK_PROXY_URL, or the DNS records of the instance's domain",
        )),
        None => {}
    }
    findings
}

/// The key ids that the publishable key's Frontend API publishes; `None` where its address is unknown here.
async fn frontend_keys(config: &Config) -> Option<Result<Vec<String>, Failure>> {
    let key = config.publishable_key.as_ref()?;
    let origin = match &config.proxy_url {
        Some(proxy) if proxy.as_str().starts_with("http") => {
            proxy.as_str().trim_end_matches('/').to_owned()
        }
        // A relative one is known to browsers only.
        Some(_) => return None,
        None => key.frontend_api().origin().as_str().to_owned(),
    };
    let fetch = async || -> Result<Vec<String>, Failure> {
        let transport = SharedTransport::new(HyperTransport::builder().build()?);
        let client = ApiClient::builder(transport).api_url(origin).build()?;
        let call = ApiRequest::new("jwks.frontend", Method::GET, "/.well-known/jwks.json")
            .unversioned()
            .anonymous();
        Ok(key_ids(Some(&client.send(call).await?.json()?)))
    };
    Some(fetch().await)
}

fn key_ids(keys: Option<&Value>) -> Vec<String> {
    let keys = keys.and_then(|keys| keys.get("keys")?.as_array());
    let ids = keys
        .into_iter()
        .flatten()
        .filter_map(|key| key.get("kid")?.as_str());
    ids.map(str::to_owned).collect()
}
