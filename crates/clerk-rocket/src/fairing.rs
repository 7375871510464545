//! The fairing.

use clerk_internal::guard::{Gate, Passage};
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator};
use http::HeaderMap;
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Data, Request, Response, Rocket};

use crate::answer;
use crate::headers::Headers;
use crate::record::{Attached, Record};

/// Finds out who makes each request and keeps that with the request, for the request guards.
///
/// Turns nobody away: anonymous requests, and those with tokens that are not good, reach the handlers. It answers by itself only
/// where Clerk's protocol asks for it, with a redirect (307) that hands a browser over to Clerk and back, and where a request names
/// no usable host (400). A fairing of Rocket cannot answer, so such a request goes to a route of the fairing's own, in place of yours.
/// To the response it adds what the browser has to be told: cookies, and why nobody is signed in.
///
/// Where a guard has turned somebody away and Rocket would send a page of its own, the fairing sends the guard's
/// [rejection](crate::AuthRejection). Catchers of yours come first: to what they say, the fairing adds the rejection's headers, and
/// only redirects replace it.
///
/// Attach it before other fairings that look at requests or rewrite responses. Of several, the last counts.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClerkFairing {
    gate: Gate,
}

impl ClerkFairing {
    /// Authenticates with this client or engine. Every kind of token is accepted, unless its options say which: routes choose.
    pub fn new(authenticator: impl Into<Authenticator>) -> Self {
        Self {
            gate: Gate::new(authenticator),
        }
    }

    /// Chooses options by the request, such as the domain of one satellite among several. They are checked for every request, which
    /// takes longer than fixed ones; options that cannot be used make guards answer 500.
    pub fn options_by_request(
        mut self,
        choose: impl Fn(RequestView<'_>) -> AuthenticateOptions + Send + Sync + 'static,
    ) -> Self {
        self.gate = self.gate.options_by_request(choose);
        self
    }

    /// Whether the server itself speaks TLS, where Rocket's configuration does not say so. A proxy in front of the application
    /// reports that in `X-Forwarded-Proto` instead.
    pub fn serves_tls(mut self, serves_tls: bool) -> Self {
        self.gate = self.gate.serves_tls(serves_tls);
        self
    }

    /// Whether the outcome of each request is written to the log, without tokens, cookies and queries. Takes the feature `tracing`.
    pub fn debug(mut self, debug: bool) -> Self {
        self.gate = self.gate.debug(debug);
        self
    }
}

#[rocket::async_trait]
impl Fairing for ClerkFairing {
    fn info(&self) -> Info {
        Info {
            name: "Clerk",
            kind: Kind::Ignite | Kind::Request | Kind::Response | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let mut route = Route::ranked(isize::MIN, Method::Get, ANSWERS, Answers);
        route.name = Some("Clerk's redirects".into());
        Ok(rocket.manage(Attached).mount("/", vec![route]))
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        // Rocket lets forms name another method; the browser has posted all the same.
        let is_form = request.content_type().is_some_and(|kind| kind.is_form());
        let method = if is_form && !data.peek(1).await.is_empty() {
            Method::Post
        } else {
            request.method()
        };
        match enter(&self.gate, request, method).await {
            Passage::Proceed(auth) => Record::of(request).proceed(auth),
            Passage::Answer(answer) => {
                Record::of(request).answer_with(answer);
                request.set_method(Method::Get);
                request.set_uri(Origin::path_only(ANSWERS));
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let record = Record::of(request);
        if let Some(answer) = record.answer() {
            // Another fairing has sent the request elsewhere: whatever came of it, this is the answer.
            if !record.answered() {
                *response = answer::respond(answer.clone());
            }
            return;
        }
        if let Some(refusal) = record.take_refusal() {
            answer::render(refusal, request, response).await;
        }
        if let Some(auth) = record.auth() {
            let mut headers = HeaderMap::new();
            auth.append_headers(&mut headers);
            answer::adjoin(&headers, response);
        }
    }
}

async fn enter(gate: &Gate, request: &Request<'_>, method: Method) -> Passage {
    let headers = Headers::of(request);
    let mut target = request.uri().to_string();
    if !target.starts_with('/') {
        target.insert(0, '/');
    }
    let is_secure = request.rocket().config().tls_enabled();
    let scheme = if is_secure { "https" } else { "http" };
    let view = RequestView::from_pieces(method.as_str(), scheme, None, &target, &headers);
    gate.enter(view).await
}

/// Where requests go that the fairing answers.
const ANSWERS: &str = "/.clerk/answer";

/// The route that answers them; for everybody else it is not there.
#[derive(Clone)]
struct Answers;

#[rocket::async_trait]
impl Handler for Answers {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let record = Record::of(request);
        match record.answer() {
            Some(answer) => {
                let response = answer::respond(answer.clone());
                record.answered();
                Outcome::Success(response)
            }
            None => Outcome::forward(data, Status::NotFound),
        }
    }
}
