//! Where to send somebody to sign in or up.

use clerk_core::url::Url;
use clerk_core::{InstanceType, PublishableKey, Secret, constants::query, constants::synced};
use clerk_errors::{ConfigError, ConfigErrorKind};

/// Makes the URLs of sign-in and sign-up pages for the page that somebody is on.
///
/// ```
/// use clerk_core::{PublishableKey, url::Url};
/// use clerk_internal::{Redirects, ReturnTo};
///
/// let page = Url::parse("https://app.example.com/reports?year=2030")?;
/// let key = PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")?;
/// let redirects = Redirects::from_page(page).publishable_key(key);
/// assert_eq!(
///     redirects.to_sign_in(ReturnTo::ThisPage)?.as_str(),
///     "https://accounts.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2030",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Redirects {
    page: Url,
    publishable_key: Option<PublishableKey>,
    sign_in_url: Option<String>,
    sign_up_url: Option<String>,
    dev_browser_token: Option<Secret>,
    is_satellite: bool,
    is_pending: bool,
}

/// Where somebody comes back to after signing in or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnTo<'a> {
    /// Wherever the sign-in page sends people by itself.
    Nowhere,
    /// The page the redirect starts from.
    ThisPage,
    /// A page of this application, absolute or relative to this page; another origin is refused.
    Page(&'a str),
    /// Any URL, also of another origin. Hand in nothing that came with a request.
    Anywhere(&'a str),
}

impl Redirects {
    /// Redirects from the page with this public URL.
    #[must_use]
    pub fn from_page(page: Url) -> Self {
        Self {
            page,
            publishable_key: None,
            sign_in_url: None,
            sign_up_url: None,
            dev_browser_token: None,
            is_satellite: false,
            is_pending: false,
        }
    }

    /// The instance whose accounts portal serves where no page of the application does.
    #[must_use]
    pub fn publishable_key(mut self, key: PublishableKey) -> Self {
        self.publishable_key = Some(key);
        self
    }

    /// The application's own sign-in page, absolute or relative to the page.
    #[must_use]
    pub fn sign_in_url(mut self, url: impl Into<String>) -> Self {
        self.sign_in_url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// The application's own sign-up page, absolute or relative to the page.
    #[must_use]
    pub fn sign_up_url(mut self, url: impl Into<String>) -> Self {
        self.sign_up_url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// The token of the browser in development, which travels along to another origin.
    #[must_use]
    pub fn dev_browser_token(mut self, token: impl Into<Secret>) -> Self {
        self.dev_browser_token = Some(token.into()).filter(|token| !token.is_empty());
        self
    }

    /// Whether the page belongs to a satellite domain.
    #[must_use]
    pub fn satellite(mut self, is_satellite: bool) -> Self {
        self.is_satellite = is_satellite;
        self
    }

    /// Whether there is a session that its user has to complete; the redirect then leads to what is left to do.
    #[must_use]
    pub fn pending(mut self, is_pending: bool) -> Self {
        self.is_pending = is_pending;
        self
    }

    /// The URL of the sign-in page.
    ///
    /// # Errors
    ///
    /// There is neither a sign-in page nor a publishable key, a URL cannot be read, or the return URL is foreign.
    pub fn to_sign_in(&self, return_to: ReturnTo<'_>) -> Result<Url, ConfigError> {
        match &self.sign_in_url {
            Some(target) => self.build(target, return_to),
            None => self.build(&format!("{}/sign-in", self.accounts()?), return_to),
        }
    }

    /// The URL of the sign-up page.
    ///
    /// # Errors
    ///
    /// There is neither a sign-up page nor a publishable key, a URL cannot be read, or the return URL is foreign.
    pub fn to_sign_up(&self, return_to: ReturnTo<'_>) -> Result<Url, ConfigError> {
        if let Some(target) = &self.sign_up_url {
            return self.build(target, return_to);
        }
        // RED-4: a sign-in page alone does not do without the key.
        let accounts = self.accounts()?;
        match &self.sign_in_url {
            Some(sign_in) => {
                let mut target = self.resolve(sign_in, "the sign-in URL")?;
                let path = format!("{}/create", target.path());
                target.set_path(&path);
                self.build(target.as_str(), return_to)
            }
            None => self.build(&format!("{accounts}/sign-up"), return_to),
        }
    }

    fn build(&self, target: &str, return_to: ReturnTo<'_>) -> Result<Url, ConfigError> {
        let mut target = if self.is_pending {
            self.tasks(target)?
        } else {
            self.resolve(target, "the sign-in or sign-up URL")?
        };
        let crosses = target.host() != self.page.host() || target.port() != self.page.port();
        if let Some(mut back) = self.back(return_to)? {
            if crosses && self.is_satellite {
                back.set_query_param(query::SYNCED, synced::NEEDS_SYNC);
            }
            target.set_query_param(query::REDIRECT_URL, back.as_str());
        }
        let in_development = self
            .publishable_key
            .as_ref()
            .is_some_and(|key| key.instance_type() == InstanceType::Development);
        if let Some(token) = &self.dev_browser_token
            && crosses
            && in_development
        {
            target.set_query_param(query::DEV_BROWSER, token.expose());
        }
        Ok(target)
    }

    /// RED-5: the page of what is left to do lies below the sign-in page; a query stays behind it.
    fn tasks(&self, target: &str) -> Result<Url, ConfigError> {
        const SETTING: &str = "the sign-in or sign-up URL";
        if !target.contains(['?', '#']) {
            return self.resolve(&format!("{target}/tasks"), SETTING);
        }
        // Pages that are routed within the fragment, as `/#/sign-in`, lie there.
        if let Some((page, route)) = target.split_once('#')
            && route.starts_with('/')
        {
            let (path, query) = route.split_at(route.find('?').unwrap_or(route.len()));
            return self.resolve(&format!("{page}#{path}/tasks{query}"), SETTING);
        }
        let mut target = self.resolve(target, SETTING)?;
        let path = format!("{}/tasks", target.path().trim_end_matches('/'));
        target.set_path(&path);
        Ok(target)
    }

    fn back(&self, return_to: ReturnTo<'_>) -> Result<Option<Url>, ConfigError> {
        let (text, any_origin) = match return_to {
            ReturnTo::Nowhere | ReturnTo::Page("") | ReturnTo::Anywhere("") => return Ok(None),
            ReturnTo::ThisPage => return Ok(Some(self.page.clone())),
            ReturnTo::Page(text) => (text, false),
            ReturnTo::Anywhere(text) => (text, true),
        };
        let back = self.resolve(text, "the return URL")?;
        if any_origin || back.same_origin(&self.page) {
            return Ok(Some(back));
        }
        Err(ConfigError::new(
            ConfigErrorKind::Unsafe,
            "the return URL",
            "belongs to another origin than the page",
        )
        .with_fix("return to a page of this application, or say ReturnTo::Anywhere for a URL that no request can choose"))
    }

    fn resolve(&self, text: &str, setting: &'static str) -> Result<Url, ConfigError> {
        self.page.join(text).map_err(|error| {
            ConfigError::new(ConfigErrorKind::Malformed, setting, "cannot be used")
                .with_source(error)
        })
    }

    fn accounts(&self) -> Result<&str, ConfigError> {
        match &self.publishable_key {
            Some(key) => Ok(key.frontend_api().accounts_base_url()),
            None => Err(ConfigError::new(
                ConfigErrorKind::Missing,
                "the publishable key",
                "is missing",
            )
            .with_fix("set CLERK_PUBLISHABLE_KEY, or configure the sign-in and sign-up URLs")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

    fn from(page: &str, key: &str) -> Redirects {
        Redirects::from_page(Url::parse(page).unwrap())
            .publishable_key(PublishableKey::parse(key).unwrap())
    }

    fn encoded(url: &str) -> String {
        let mut text = String::new();
        clerk_core::url::form::push_encoded(&mut text, url);
        text
    }

    // covers: RED-1, RED-2, RED-3, RED-6
    #[test]
    fn targets_are_own_pages_or_the_accounts_portal() {
        let app = from("https://app.example.com/a", LIVE);
        let own = app.clone().sign_in_url("/in?x=1");
        let both = own.clone().sign_up_url("https://other.example/up");
        let cases = [
            (
                app.to_sign_in(ReturnTo::Nowhere),
                "https://accounts.example.com/sign-in",
            ),
            (
                app.to_sign_up(ReturnTo::Nowhere),
                "https://accounts.example.com/sign-up",
            ),
            (
                own.to_sign_in(ReturnTo::Nowhere),
                "https://app.example.com/in?x=1",
            ),
            (
                own.to_sign_up(ReturnTo::Nowhere),
                "https://app.example.com/in/create?x=1",
            ),
            (
                both.to_sign_up(ReturnTo::Nowhere),
                "https://other.example/up",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(url.unwrap().as_str(), expected);
        }
        let back = encoded("https://app.example.com/b");
        let replaced = app.clone().sign_in_url("/in?redirect_url=old");
        assert_eq!(
            replaced.to_sign_in(ReturnTo::Page("/b")).unwrap().as_str(),
            format!("https://app.example.com/in?redirect_url={back}")
        );
    }

    // covers: RED-4
    #[test]
    fn without_pages_the_key_is_needed() {
        let page = Url::parse("https://app.example.com/").unwrap();
        let keyless = Redirects::from_page(page);
        assert!(
            keyless
                .to_sign_in(ReturnTo::Nowhere)
                .unwrap_err()
                .is_missing()
        );
        let sign_in_only = keyless.sign_in_url("/in");
        assert!(sign_in_only.to_sign_in(ReturnTo::Nowhere).is_ok());
        assert!(
            sign_in_only
                .to_sign_up(ReturnTo::Nowhere)
                .unwrap_err()
                .is_missing()
        );
    }

    // covers: RED-5
    #[test]
    fn a_pending_session_leads_to_its_tasks() {
        let app = from("https://app.example.com/", LIVE).pending(true);
        let url = |redirects: Redirects| {
            redirects
                .to_sign_in(ReturnTo::Nowhere)
                .unwrap()
                .as_str()
                .to_owned()
        };
        assert_eq!(
            url(app.clone()),
            "https://accounts.example.com/sign-in/tasks"
        );
        assert_eq!(
            url(app.clone().sign_in_url("/in?x=1#y")),
            "https://app.example.com/in/tasks?x=1#y"
        );
        for (sign_in, tasks) in [
            ("https://own.example", "https://own.example/tasks"),
            ("https://own.example/?x=1", "https://own.example/tasks?x=1"),
            (
                "/in?redirect_url=/",
                "https://app.example.com/in/tasks?redirect_url=/",
            ),
            ("/#/in", "https://app.example.com/#/in/tasks"),
            (
                "/?x=1#/in?y=2",
                "https://app.example.com/?x=1#/in/tasks?y=2",
            ),
        ] {
            assert_eq!(url(app.clone().sign_in_url(sign_in)), tasks);
        }
    }

    // covers: RED-7, RED-8, RED-9, HIST-11, HIST-35
    #[test]
    fn hist_11_35_only_what_crosses_origins_carries_sync_marks_and_development_tokens() {
        let page = "http://localhost:3000/p";
        let marked = encoded("http://localhost:3000/p?__clerk_synced=false");
        let plain = encoded(page);
        let here = "http://localhost:3000/in";
        let there = "https://primary.example/in";
        for (key, target, satellite, expected) in [
            (
                TEST,
                there,
                true,
                format!("{there}?redirect_url={marked}&__clerk_db_jwt=dvb"),
            ),
            (
                TEST,
                there,
                false,
                format!("{there}?redirect_url={plain}&__clerk_db_jwt=dvb"),
            ),
            (TEST, here, true, format!("{here}?redirect_url={plain}")),
            (LIVE, there, true, format!("{there}?redirect_url={marked}")),
            // The scheme is not compared.
            (
                TEST,
                "https://localhost:3000/in",
                true,
                format!("https://localhost:3000/in?redirect_url={plain}"),
            ),
        ] {
            let redirects = from(page, key)
                .sign_in_url(target)
                .satellite(satellite)
                .dev_browser_token("dvb");
            let url = redirects.to_sign_in(ReturnTo::ThisPage).unwrap();
            assert_eq!(url.as_str(), expected);
            assert!(!format!("{redirects:?}").contains("dvb"));
        }
    }

    // covers: RED-11
    #[test]
    fn a_return_url_of_another_origin_has_to_be_asked_for() {
        let app = from("https://app.example.com/", LIVE);
        for foreign in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "http://app.example.com/",
        ] {
            let error = app.to_sign_in(ReturnTo::Page(foreign)).unwrap_err();
            assert_eq!(error.kind(), ConfigErrorKind::Unsafe, "{foreign}");
            assert!(app.to_sign_in(ReturnTo::Anywhere(foreign)).is_ok());
        }
        assert!(
            app.to_sign_in(ReturnTo::Page("https://app.example.com/x"))
                .is_ok()
        );
    }
}
