//! What is remembered of a request so that somebody can be sent to sign in.

use clerk_core::Secret;
use clerk_core::url::Url;

use crate::context::{Reading, RequestContext};
use crate::redirect::Redirects;
use crate::request::{HeaderName, RequestView};
use crate::settings::Settings;

/// A page that a browser asked for.
#[derive(Clone)]
pub(super) struct Page {
    url: Option<Url>,
    dev_browser_token: Option<Secret>,
    /// Whether it was asked for by GET or HEAD: a redirect of another method must not repeat it.
    pub(super) is_read: bool,
}

impl Page {
    /// The page of a request, if it is one.
    pub(super) fn of(view: RequestView<'_>, settings: Option<&Settings>) -> Option<Self> {
        if !is_page(&view) {
            return None;
        }
        let is_read = matches!(view.method(), "GET" | "HEAD");
        let Some(settings) = settings else {
            return Some(Self {
                url: None,
                dev_browser_token: None,
                is_read,
            });
        };
        let reading = Reading::of(view, settings);
        let cx = RequestContext::new(&reading, settings, 0);
        let in_production = cx.is_production();
        Some(Self {
            url: cx.public_url().cloned(),
            dev_browser_token: cx
                .dev_browser()
                .filter(|_| !in_production)
                .map(|token| Secret::new(token.into_owned())),
            is_read,
        })
    }

    /// The redirects from this page.
    pub(super) fn redirects(&self, settings: &Settings) -> Option<Redirects> {
        let mut redirects =
            Redirects::from_page(self.url.clone()?).satellite(settings.is_satellite);
        if let Some(instance) = settings.instance() {
            redirects = redirects.publishable_key(instance.key.clone());
        }
        if let Some(url) = &settings.pages.sign_in {
            redirects = redirects.sign_in_url(url);
        }
        if let Some(url) = &settings.pages.sign_up {
            redirects = redirects.sign_up_url(url);
        }
        if let Some(token) = &self.dev_browser_token {
            redirects = redirects.dev_browser_token(token.clone());
        }
        Some(redirects)
    }
}

/// MW-52: a document or frame, or what is to be read by people.
fn is_page(view: &RequestView<'_>) -> bool {
    if let Some(dest) = view.header(HeaderName::SecFetchDest)
        && matches!(&*dest, b"document" | b"iframe")
    {
        return true;
    }
    let html = b"text/html";
    view.header(HeaderName::Accept).is_some_and(|accept| {
        accept
            .windows(html.len())
            .any(|window| window.eq_ignore_ascii_case(html))
    })
}
