//! Options, checked and made ready once.

use std::sync::Arc;

use clerk_core::url::{Origin, Url};
use clerk_core::{
    Clock, FrontendApis, InstanceType, MachineSecretKey, ProxyUrl, PublishableKey, SecretKey,
};
use clerk_errors::{ConfigError, ConfigErrorKind};
use clerk_tokens::{AcceptsToken, CategoryPolicy, TokenType, VerifyOptions, VerifyingKey};

use crate::issuer::Issuer;
use crate::options::{AuthenticateOptions, HandshakeReturn};
use crate::path::OrganizationSync;
use crate::request::ForwardedHeaders;

/// What holds for a request: every option with its default, and what follows from them.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Whether everybody is signed out, whatever they present.
    pub(crate) for_nobody: bool,
    pub(crate) accepts: AcceptsToken,
    instance: Option<Instance>,
    pub(crate) secret_key: Option<SecretKey>,
    pub(crate) machine_secret_key: Option<MachineSecretKey>,
    pub(crate) jwt_key: Option<VerifyingKey>,
    pub(crate) session_checks: VerifyOptions,
    pub(crate) machine_checks: VerifyOptions,
    pub(crate) audience: Arc<[String]>,
    pub(crate) has_authorized_parties: bool,
    pub(crate) has_issuers: bool,
    pub(crate) clock_skew_ms: i64,
    pub(crate) allows_test_keys: bool,
    pub(crate) skip_jwks_cache: bool,
    pub(crate) domain: Option<String>,
    pub(crate) is_satellite: bool,
    pub(crate) satellite_auto_sync: bool,
    pub(crate) pages: Pages,
    /// The sign-in page, where it is an absolute URL.
    pub(crate) sign_in: Option<Url>,
    pub(crate) organization_sync: Option<Arc<OrganizationSync>>,
    pub(crate) forwarded_headers: ForwardedHeaders,
    pub(crate) public_origin: Option<Origin>,
    pub(crate) handshake_return: HandshakeReturn,
    pub(crate) session_in_handshake_url: bool,
    pub(crate) satellite_origins: Arc<[Origin]>,
}

/// The application's pages, as configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    pub(crate) sign_in: Option<String>,
    pub(crate) sign_up: Option<String>,
    pub(crate) after_sign_in: Option<String>,
    pub(crate) after_sign_up: Option<String>,
}

/// The instance that a request belongs to.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) key: PublishableKey,
    pub(crate) apis: FrontendApis,
}

impl Instance {
    pub(crate) fn is_production(&self) -> bool {
        self.key.instance_type().is_production()
    }
}

impl Settings {
    /// Checks options. `has_keys`: whether signing keys come from somewhere without a secret key.
    pub(crate) fn new(
        options: AuthenticateOptions,
        clock: &Clock,
        has_keys: bool,
    ) -> Result<Self, ConfigError> {
        let accepts = options.accepts.unwrap_or_default();
        let is_satellite = options.is_satellite.unwrap_or(false);
        let proxy_url = options.proxy_url.flatten();
        let domain = options.domain.flatten();
        // REQ-1.
        let instance = match options.publishable_key {
            Some(key) => Some(Instance {
                apis: FrontendApis::new(&key, proxy_url.clone(), domain.as_ref(), is_satellite),
                key,
            }),
            None if reads_headers_only(&accepts) => None,
            None => return Err(missing("the publishable key", "set CLERK_PUBLISHABLE_KEY")),
        };
        let secret_key = options.secret_key.flatten();
        let machine_secret_key = options.machine_secret_key.flatten();
        let jwt_key = options.jwt_key.flatten();
        let pages = Pages {
            sign_in: options.sign_in_url.flatten().filter(|url| !url.is_empty()),
            sign_up: options.sign_up_url.flatten(),
            after_sign_in: options.after_sign_in_url.flatten(),
            after_sign_up: options.after_sign_up_url.flatten(),
        };
        let can_verify = secret_key.is_some() || jwt_key.is_some() || has_keys;
        if matches!(accepts, AcceptsToken::One(TokenType::M2m)) {
            // REQ-6.
            if !can_verify && machine_secret_key.is_none() {
                return Err(missing(
                    "the machine secret key",
                    "set CLERK_MACHINE_SECRET_KEY or CLERK_SECRET_KEY to verify M2M tokens",
                ));
            }
        } else {
            // REQ-2: with a key at hand, the secret key is needed only where a call has to be made.
            if !can_verify {
                return Err(missing(
                    "the secret key",
                    "set CLERK_SECRET_KEY, or CLERK_JWT_KEY to verify without calls",
                ));
            }
            if is_satellite {
                check_satellite(
                    instance.as_ref(),
                    secret_key.as_ref(),
                    pages.sign_in.as_deref(),
                    proxy_url.as_ref(),
                    domain.as_ref().map(clerk_core::Domain::as_str),
                )?;
            }
        }
        let none = || Arc::<[String]>::from([]);
        let authorized_parties = options.authorized_parties.unwrap_or_else(none);
        let audience = options.audience.unwrap_or_else(none);
        let clock_skew_ms = options
            .clock_skew_ms
            .unwrap_or(clerk_core::constants::CLOCK_SKEW_MS);
        let allows_test_keys = options.allow_test_keys.unwrap_or(false);
        let mut machine_checks = VerifyOptions::with_clock(clock.clone())
            .audience(audience.iter())
            .clock_skew_ms(clock_skew_ms);
        if allows_test_keys {
            machine_checks = machine_checks.allow_test_keys();
        }
        let issuers = issuers(options.issuer.unwrap_or_default(), instance.as_ref());
        let session_checks = machine_checks
            .clone()
            .categories(CategoryPolicy::Session)
            .authorized_parties(authorized_parties.iter())
            .issuer(issuers.iter());
        let session_checks = match options.header_types {
            Some(types) => session_checks.header_types(types.iter()),
            None => session_checks,
        };
        Ok(Self {
            for_nobody: false,
            accepts,
            instance,
            secret_key,
            machine_secret_key,
            jwt_key,
            session_checks,
            machine_checks,
            audience,
            has_authorized_parties: !authorized_parties.is_empty(),
            has_issuers: issuers.iter().any(|issuer| !issuer.is_empty()),
            clock_skew_ms,
            allows_test_keys,
            skip_jwks_cache: options.skip_jwks_cache.unwrap_or(false),
            domain: domain.map(|domain| domain.as_str().to_owned()),
            is_satellite,
            satellite_auto_sync: options.satellite_auto_sync.unwrap_or(false),
            sign_in: pages
                .sign_in
                .as_deref()
                .and_then(|url| Url::parse(url).ok()),
            pages,
            organization_sync: options.organization_sync.flatten(),
            forwarded_headers: options.forwarded_headers.unwrap_or_default(),
            public_origin: options.public_origin.flatten(),
            handshake_return: options.handshake_return.unwrap_or_default(),
            session_in_handshake_url: options.session_in_handshake_url.unwrap_or(true),
            satellite_origins: options.satellite_origins.unwrap_or_else(|| Arc::from([])),
        })
    }

    /// Takes out of options whatever could verify a token: everybody is signed out.
    pub(crate) fn for_nobody(
        mut options: AuthenticateOptions,
        clock: &Clock,
    ) -> Result<Self, ConfigError> {
        let accepts = options.accepts.take().unwrap_or_default();
        options.publishable_key = None;
        options.secret_key = None;
        options.machine_secret_key = None;
        options.jwt_key = None;
        options.is_satellite = None;
        // The kind that takes no instance; what is accepted in truth is told to callers only.
        let settings = Self::new(options.accepts(TokenType::M2m), clock, true)?;
        Ok(Self {
            for_nobody: true,
            accepts,
            ..settings
        })
    }

    pub(crate) fn with_authorized_parties(&self, parties: &[String]) -> Self {
        let mut settings = self.clone();
        settings.session_checks = settings.session_checks.authorized_parties(parties);
        settings.has_authorized_parties = !parties.is_empty();
        settings
    }

    pub(crate) fn accepting(&self, accepts: AcceptsToken) -> Self {
        let mut settings = self.clone();
        settings.accepts = accepts;
        settings
    }

    pub(crate) fn instance(&self) -> Option<&Instance> {
        self.instance.as_ref()
    }

    pub(crate) fn is_production(&self) -> bool {
        self.instance.as_ref().is_some_and(Instance::is_production)
    }

    /// CTX-15: exactly these two read nothing but headers.
    pub(crate) fn reads_headers_only(&self) -> bool {
        reads_headers_only(&self.accepts)
    }
}

fn reads_headers_only(accepts: &AcceptsToken) -> bool {
    matches!(
        accepts,
        AcceptsToken::One(TokenType::M2m | TokenType::ApiKey)
    )
}

/// The issuers to enforce: none where any will do.
fn issuers(issuer: Issuer, instance: Option<&Instance>) -> Arc<[String]> {
    match issuer {
        Issuer::Any => Arc::from([]),
        Issuer::FromPublishableKey => instance
            .map(|instance| instance.apis.original().origin().as_str().to_owned())
            .into_iter()
            .collect(),
        Issuer::OneOf(issuers) => issuers,
    }
}

/// REQ-3 to REQ-5, judged when the options are set and not by what a request says.
fn check_satellite(
    instance: Option<&Instance>,
    secret_key: Option<&SecretKey>,
    sign_in_url: Option<&str>,
    proxy_url: Option<&ProxyUrl>,
    domain: Option<&str>,
) -> Result<(), ConfigError> {
    const SIGN_IN: &str = "the sign-in URL";
    let instance_type = secret_key
        .and_then(SecretKey::instance_type)
        .or_else(|| instance.map(|instance| instance.key.instance_type()));
    match sign_in_url {
        None if instance_type == Some(InstanceType::Development) => {
            return Err(missing(
                SIGN_IN,
                "a satellite of a development instance needs the sign-in page of the primary application",
            ));
        }
        None => {}
        Some(url) => {
            let url = Url::parse(url).map_err(|error| {
                ConfigError::new(ConfigErrorKind::Malformed, SIGN_IN, "is not absolute")
                    .with_fix("a satellite needs the whole URL of the primary application's page")
                    .with_source(error)
            })?;
            // REQ-4: a satellite that sends people to itself would send them in circles.
            if domain.is_some_and(|domain| domain.eq_ignore_ascii_case(url.authority())) {
                return Err(ConfigError::new(
                    ConfigErrorKind::Conflict,
                    SIGN_IN,
                    "is on the satellite itself",
                )
                .with_fix("name the page of the primary application"));
            }
        }
    }
    if proxy_url.is_none() && domain.is_none() {
        return Err(missing(
            "the domain",
            "a satellite needs a domain (CLERK_DOMAIN) or a proxy URL (CLERK_PROXY_URL)",
        ));
    }
    Ok(())
}

fn missing(setting: &'static str, fix: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Missing, setting, "is missing").with_fix(fix)
}
