//! Requests as tables write them, and what came of them as tables read it.

use clerk_core::url::{Url, form};
use clerk_core::{CookieNames, PublishableKey};
use clerk_internal::request::RequestView;
use clerk_internal::{Authenticator, RequestState};
use clerk_testing::mint::{HandshakeTokenBuilder, SessionTokenBuilder};

use super::support::{LIVE, NOW, block_on, session};

/// A change of the client that is older than the tokens of these tests, in seconds.
pub(crate) const UAT: &str = "1773999990";

/// A request in the making: GET, HTTPS, to the application, with whatever headers are added.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: &'static str,
    scheme: &'static str,
    authority: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
}

impl Ask {
    /// A call that no browser navigates by.
    pub(crate) fn call(target: &str) -> Self {
        Self {
            method: "GET",
            scheme: "https",
            authority: "app.example.com",
            target: target.to_owned(),
            headers: Vec::new(),
            cookies: Vec::new(),
        }
    }

    /// A navigation.
    pub(crate) fn page(target: &str) -> Self {
        Self::call(target).header("sec-fetch-dest", "document")
    }

    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn at(mut self, scheme: &'static str, authority: &'static str) -> Self {
        (self.scheme, self.authority) = (scheme, authority);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a header in place of those of this name.
    pub(crate) fn instead(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self.header(name, value)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// With the cookies of somebody who is signed in by this token.
    pub(crate) fn signed_in_by(self, token: &str) -> Self {
        self.cookie("__session", token).cookie("__client_uat", UAT)
    }

    pub(crate) fn with_view<R>(&self, read: impl FnOnce(RequestView<'_>) -> R) -> R {
        let cookies = self.cookies.join("; ");
        let mut pairs: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        if !cookies.is_empty() {
            pairs.push(("cookie", cookies.as_bytes()));
        }
        let pairs = pairs.as_slice();
        let authority = Some(self.authority);
        read(RequestView::from_pieces(
            self.method,
            self.scheme,
            authority,
            &self.target,
            &pairs,
        ))
    }

    /// What comes of it.
    pub(crate) fn of(&self, engine: &Authenticator) -> RequestState {
        self.with_view(|view| block_on(engine.authenticate(view)))
    }

    /// What comes of it, as [`verdict`] puts it.
    pub(crate) fn verdict(&self, engine: &Authenticator) -> String {
        verdict(&self.of(engine))
    }
}

/// A state in a word or two: `signed-in user_1`, `signed-out token-invalid`, `handshake dev-browser-missing`.
pub(crate) fn verdict(state: &RequestState) -> String {
    let about = match state.reason() {
        Some(reason) => reason.to_string(),
        None => state.auth().user_id().unwrap_or("nobody").to_owned(),
    };
    format!("{} {about}", state.status())
}

/// Where a state leads to.
pub(crate) fn location(state: &RequestState) -> Url {
    let location = state
        .location()
        .unwrap_or_else(|| panic!("no location: {state:?}"));
    Url::parse(location.to_str().unwrap()).unwrap()
}

/// The query parameters of where a state leads to, in their order.
pub(crate) fn params(state: &RequestState) -> Vec<(String, String)> {
    form::pairs(location(state).query().unwrap_or_default())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

pub(crate) fn param(state: &RequestState, name: &str) -> Option<String> {
    let found = params(state).into_iter().find(|(found, _)| found == name);
    found.map(|(_, value)| value)
}

/// The values of a response header.
pub(crate) fn headers(state: &RequestState, name: &str) -> Vec<String> {
    let values = state.headers().get_all(name);
    values
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn header(state: &RequestState, name: &str) -> Option<String> {
    headers(state, name).into_iter().next()
}

pub(crate) fn names(publishable_key: &str) -> CookieNames {
    let key = PublishableKey::parse(publishable_key).unwrap();
    key.cookie_names().clone()
}

/// A session token of the instance with this key, just issued.
pub(crate) fn token_of(publishable_key: &str) -> SessionTokenBuilder {
    session().issuer(if publishable_key == LIVE {
        "https://clerk.example.com"
    } else {
        "https://foo-bar-13.clerk.accounts.dev"
    })
}

/// A token that has expired some minutes ago, and the client has not changed since it was issued.
pub(crate) fn expired(publishable_key: &str) -> SessionTokenBuilder {
    token_of(publishable_key).issued_at_ms(NOW - 600_000)
}

/// The UAT that fits [`expired`].
pub(crate) const OLD_UAT: &str = "1773990000";

/// The token a browser comes back from a handshake with.
pub(crate) fn handshake<D: Into<String>>(directives: impl IntoIterator<Item = D>) -> String {
    HandshakeTokenBuilder::new(directives)
        .issued_at_ms(NOW)
        .mint()
}

/// A page that nobody's cookies come with, in development a browser's all the same.
pub(crate) fn page_of(publishable_key: &str, target: &str) -> Ask {
    let page = Ask::page(target);
    if publishable_key == LIVE {
        page
    } else {
        page.cookie("__clerk_db_jwt", "dvb_1")
    }
}
