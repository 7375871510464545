//! What the decision reads: a request and the settings that hold for it, each part worked out when first asked for.

mod cookies;
mod query;
mod suffixed;

use std::borrow::Cow;
use std::cell::OnceCell;

use clerk_core::url::Url;
use clerk_tokens::{PresentedToken, TokenVerificationError};

pub(crate) use cookies::ClerkCookies;
pub(crate) use query::ClerkQuery;

use crate::request::{self, HeaderName, RequestView};
use crate::settings::{Instance, Settings};

/// The texts of a request, decoded and kept, so that what is made of them can borrow.
pub(crate) struct Reading<'r> {
    pub(crate) view: RequestView<'r>,
    header_token: Option<Cow<'r, str>>,
    cookies: ClerkCookies<'r>,
    session: Option<Cow<'r, str>>,
    session_suffixed: Option<Cow<'r, str>>,
    query: ClerkQuery<'r>,
}

impl<'r> Reading<'r> {
    pub(crate) fn of(view: RequestView<'r>, settings: &Settings) -> Self {
        let header_token = view
            .text(HeaderName::Authorization)
            .and_then(request::authorization_token);
        let mut reading = Self {
            view,
            header_token,
            cookies: ClerkCookies::default(),
            session: None,
            session_suffixed: None,
            query: ClerkQuery::default(),
        };
        // CTX-15: for some kinds of token nothing but headers is looked at.
        if let Some(instance) = settings.instance()
            && !settings.reads_headers_only()
        {
            reading.cookies = ClerkCookies::read(view, instance.key.cookie_names());
            reading.session = reading.cookies.session.map(request::decode_cookie);
            reading.session_suffixed = reading.cookies.session_suffixed.map(request::decode_cookie);
            reading.query = ClerkQuery::read(view.query());
        }
        reading
    }
}

/// A request with the settings that hold for it, at one moment.
pub(crate) struct RequestContext<'c> {
    pub(crate) settings: &'c Settings,
    pub(crate) now_ms: i64,
    reading: &'c Reading<'c>,
    header: OnceCell<Option<PresentedToken<'c>>>,
    plain: OnceCell<Option<PresentedToken<'c>>>,
    suffixed: OnceCell<Option<PresentedToken<'c>>>,
    uses_suffixed: OnceCell<bool>,
    public_url: OnceCell<Option<Url>>,
    /// What verifying the session token came to, so that asking again after a call does not verify again.
    pub(crate) refused: OnceCell<TokenVerificationError>,
}

impl<'c> RequestContext<'c> {
    pub(crate) fn new(reading: &'c Reading<'c>, settings: &'c Settings, now_ms: i64) -> Self {
        Self {
            settings,
            now_ms,
            reading,
            header: OnceCell::new(),
            plain: OnceCell::new(),
            suffixed: OnceCell::new(),
            uses_suffixed: OnceCell::new(),
            public_url: OnceCell::new(),
            refused: OnceCell::new(),
        }
    }

    pub(crate) fn view(&self) -> &'c RequestView<'c> {
        &self.reading.view
    }

    pub(crate) fn cookies(&self) -> &'c ClerkCookies<'c> {
        &self.reading.cookies
    }

    pub(crate) fn query(&self) -> &'c ClerkQuery<'c> {
        &self.reading.query
    }

    pub(crate) fn instance(&self) -> Option<&'c Instance> {
        self.settings.instance()
    }

    pub(crate) fn is_production(&self) -> bool {
        self.settings.is_production()
    }

    /// The token of the `Authorization` header.
    pub(crate) fn header_token(&self) -> Option<&PresentedToken<'c>> {
        let read = || {
            self.reading
                .header_token
                .as_deref()
                .map(PresentedToken::read)
        };
        self.header.get_or_init(read).as_ref()
    }

    pub(crate) fn header_text(&self) -> Option<&'c str> {
        self.reading.header_token.as_deref()
    }

    pub(crate) fn plain_session(&self) -> Option<&PresentedToken<'c>> {
        let read = || self.reading.session.as_deref().map(PresentedToken::read);
        self.plain.get_or_init(read).as_ref()
    }

    pub(crate) fn suffixed_session(&self) -> Option<&PresentedToken<'c>> {
        let text = || self.reading.session_suffixed.as_deref();
        let read = || text().map(PresentedToken::read);
        self.suffixed.get_or_init(read).as_ref()
    }

    /// COK-11: worked out once, for all cookies.
    pub(crate) fn uses_suffixed(&self) -> bool {
        *self.uses_suffixed.get_or_init(|| self.decide_suffixed())
    }

    /// The session cookie that counts.
    pub(crate) fn session_cookie(&self) -> Option<&PresentedToken<'c>> {
        if self.uses_suffixed() {
            self.suffixed_session()
        } else {
            self.plain_session()
        }
    }

    pub(crate) fn session_cookie_text(&self) -> Option<&'c str> {
        if self.uses_suffixed() {
            self.reading.session_suffixed.as_deref()
        } else {
            self.reading.session.as_deref()
        }
    }

    /// When the client last changed, in seconds since the Unix epoch; 0 where nobody is signed in.
    pub(crate) fn client_uat(&self) -> u64 {
        let cookies = self.cookies();
        let uat = if self.uses_suffixed() {
            cookies.client_uat_suffixed
        } else {
            cookies.client_uat
        };
        // REQ-51: an unsigned number, or none.
        uat.and_then(|uat| unsigned(request::decode_cookie(uat).as_bytes()))
            .unwrap_or(0)
    }

    /// The token of a browser in development; the query's goes before the cookie's.
    pub(crate) fn dev_browser(&self) -> Option<Cow<'c, str>> {
        if let Some(token) = &self.query().dev_browser
            && !token.is_empty()
        {
            return Some(Cow::Borrowed(token));
        }
        let cookies = self.cookies();
        let token = if self.uses_suffixed() {
            cookies.dev_browser_suffixed
        } else {
            cookies.dev_browser
        };
        token.map(request::decode_cookie)
    }

    pub(crate) fn refresh_token(&self) -> Option<Cow<'c, str>> {
        self.cookies().refresh_suffixed.map(request::decode_cookie)
    }

    /// How many handshakes in a row there have been.
    pub(crate) fn redirect_count(&self) -> u64 {
        let count = self.cookies().redirect_count;
        count
            .and_then(|count| unsigned(request::decode_cookie(count).as_bytes()))
            .unwrap_or(0)
    }

    /// The URL under which the browser asked, if it can be known.
    pub(crate) fn public_url(&self) -> Option<&Url> {
        let find = || match &self.settings.public_origin {
            Some(origin) => request::url_at(origin, self.view()),
            None => request::public_url(self.view(), &self.settings.forwarded_headers),
        };
        self.public_url.get_or_init(find).as_ref()
    }

    /// A document that a browser navigates to.
    pub(crate) fn is_document(&self) -> bool {
        self.view().header(HeaderName::SecFetchDest).as_deref() == Some(b"document")
    }

    /// HS-1: whether the answer may be a redirect that the browser follows on its own.
    pub(crate) fn may_redirect(&self) -> bool {
        if !self.view().is_get() {
            return false;
        }
        match self.view().header(HeaderName::SecFetchDest) {
            Some(dest) if !dest.is_empty() => matches!(&*dest, b"document" | b"iframe"),
            _ => self
                .view()
                .header(HeaderName::Accept)
                .is_some_and(|accept| accept.starts_with(b"text/html")),
        }
    }
}

/// A number without sign; one too large to be held counts as the largest.
fn unsigned(value: &[u8]) -> Option<u64> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let mut digits = value.iter();
    let first = digit(digits.next()?)?;
    digits.try_fold(first, |number, byte| {
        Some(number.saturating_mul(10).saturating_add(digit(byte)?))
    })
}
