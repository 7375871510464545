//! Judging a caller by a guard.

use clerk_tokens::TokenType;
use clerk_tokens::authz::{Requirement, Reverification, Subject};

use super::page::Page;
use super::recorded::RequestAuth;
use super::rejection::{Challenge, Rejection};
use super::requirement::Guard;
use crate::auth::{Auth, SessionAuth};
use crate::path::{Match, RouteMatcher};
use crate::redirect::ReturnTo;
use crate::state::RequestState;

/// Why a guard does not let somebody through; of several, the last in this order counts.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Denial {
    /// A machine token is missing, not good, or not accepted.
    NoMachine,
    /// Nobody is signed in.
    NoUser,
    /// The caller is known, and may not.
    Unauthorized(Missing),
    /// It is not known who it is.
    Unavailable,
    /// Nobody could be authenticated, because of our own settings.
    Misconfigured,
}

/// What a known caller lacks.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Missing {
    Anything,
    Scopes,
    /// Nothing but this.
    Reverification(Fresh),
}

#[derive(Clone, Debug, PartialEq)]
struct Fresh(Reverification);

impl PartialOrd for Fresh {
    fn partial_cmp(&self, _: &Self) -> Option<std::cmp::Ordering> {
        Some(std::cmp::Ordering::Equal)
    }
}

impl Guard {
    /// The caller, if the guard lets it through.
    ///
    /// # Errors
    ///
    /// It does not, or who the caller is could not be found out.
    pub fn check(&self, auth: &RequestAuth) -> Result<Auth, Rejection> {
        self.judge_all(auth)
            .map_err(|denial| self.reject(auth, &denial))
    }

    /// The caller, if the guard lets it through; `None` for callers that are not authenticated.
    ///
    /// # Errors
    ///
    /// The caller is known and may not, or could not be found out.
    pub fn check_optional(&self, auth: &RequestAuth) -> Result<Option<Auth>, Rejection> {
        match self.judge_all(auth) {
            Ok(caller) => Ok(Some(caller)),
            Err(Denial::NoUser | Denial::NoMachine) => Ok(None),
            Err(denial) => Err(self.reject(auth, &denial)),
        }
    }

    /// Checks callers of some paths only, for moving an application over that has a list of them.
    ///
    /// A list of paths and the router that serves them can read a crafted path differently: what the list does not know is let
    /// through. Put guards on routes instead where you can.
    ///
    /// # Errors
    ///
    /// The path is on the list and the guard does not let the caller through, or the path can be read in more than one way: 400.
    pub fn check_paths(
        &self,
        matcher: &RouteMatcher,
        path: &str,
        auth: &RequestAuth,
    ) -> Result<(), Rejection> {
        match matcher.matches(path) {
            Match::Yes => self.check(auth).map(drop),
            Match::No => Ok(()),
            Match::Malformed => Err(Rejection::malformed_path().for_page(auth.page().is_some())),
        }
    }

    fn judge_all(&self, auth: &RequestAuth) -> Result<Auth, Denial> {
        let mut denial = match self.judge(auth) {
            Ok(caller) => return Ok(caller),
            Err(denial) => denial,
        };
        for alternative in &self.alternatives {
            match alternative.judge_all(auth) {
                Ok(caller) => return Ok(caller),
                Err(other) if other > denial => denial = other,
                Err(_) => {}
            }
        }
        Err(denial)
    }

    fn judge(&self, auth: &RequestAuth) -> Result<Auth, Denial> {
        if auth.failure().is_some() {
            return Err(Denial::Misconfigured);
        }
        if let RequestState::Unavailable(state) = auth.state() {
            // What is not accepted anyway need not be known.
            return match state.token_type {
                Some(token_type) if !self.accepts_type(token_type) => Err(Denial::NoMachine),
                _ => Err(Denial::Unavailable),
            };
        }
        let caller = auth.state().auth_with(self.pending);
        // MW-42: whatever is accepted, no machine meets what is asked of users.
        if self.condition.is_some() && is_machine(caller) {
            return Err(Denial::Unauthorized(Missing::Anything));
        }
        // MW-40.
        if !caller
            .token_type()
            .is_some_and(|token_type| self.accepts_type(token_type))
        {
            return Err(Denial::NoMachine);
        }
        match caller {
            Auth::Session(session) => self.judge_session(session)?,
            Auth::SignedOut(_) => return Err(Denial::NoUser),
            Auth::ApiKey(key) => self.judge_scopes(key.scopes())?,
            Auth::M2m(machine) => self.judge_scopes(machine.scopes())?,
            Auth::OAuth(oauth) => self.judge_scopes(oauth.scopes())?,
            Auth::UnauthenticatedMachine(_) | Auth::Invalid => return Err(Denial::NoMachine),
        }
        if self.predicates.iter().all(|holds| holds(caller)) {
            Ok(caller.clone())
        } else {
            Err(Denial::Unauthorized(Missing::Anything))
        }
    }

    fn judge_session(&self, session: &SessionAuth) -> Result<(), Denial> {
        // MW-43: a session without a user is nobody's.
        if session.user_id().is_empty() {
            return Err(Denial::NoUser);
        }
        if !self.scopes.is_empty() {
            return Err(Denial::Unauthorized(Missing::Scopes));
        }
        let Some(condition) = &self.condition else {
            return Ok(());
        };
        let subject = Subject::from(session.claims());
        let mut unmet = condition.unmet_by(&subject).peekable();
        let Some(first) = unmet.next() else {
            return Ok(());
        };
        // Verifying again is of use only where nothing else is missing.
        Err(Denial::Unauthorized(match (first, unmet.next()) {
            (Requirement::Reverification(missing), None) => {
                Missing::Reverification(Fresh(*missing))
            }
            _ => Missing::Anything,
        }))
    }

    fn judge_scopes(&self, held: &[String]) -> Result<(), Denial> {
        let holds = |scope: &str| held.iter().any(|held| held == scope);
        if self.scopes.iter().all(|scope| holds(scope)) {
            Ok(())
        } else {
            Err(Denial::Unauthorized(Missing::Scopes))
        }
    }

    fn reject(&self, auth: &RequestAuth, denial: &Denial) -> Rejection {
        let rejection = match denial {
            Denial::Misconfigured => Rejection::misconfigured(),
            Denial::Unavailable => Rejection::unavailable(match auth.state() {
                RequestState::Unavailable(state) => state.retry_after(),
                _ => None,
            }),
            Denial::NoMachine | Denial::NoUser if self.is_hidden => Rejection::hidden(false),
            Denial::Unauthorized(_) if self.is_hidden => Rejection::hidden(true),
            Denial::NoMachine => Rejection::unauthenticated()
                .challenged(&self.challenge(auth))
                .without_body(),
            Denial::NoUser => self.sign_in(auth),
            Denial::Unauthorized(missing) => {
                let rejection = match missing {
                    Missing::Anything => Rejection::unauthorized(),
                    Missing::Scopes => {
                        Rejection::unauthorized().challenged(&Challenge::Scopes(&self.scopes))
                    }
                    Missing::Reverification(fresh) => Rejection::reverification(fresh.0),
                };
                // MW-51: only sessions are redirected.
                match &self.unauthorized_url {
                    Some(url) if auth.state().token_type() == Some(TokenType::Session) => {
                        rejection.redirected(url.clone(), is_read(auth))
                    }
                    _ => rejection,
                }
            }
        };
        rejection.for_page(auth.page().is_some())
    }

    /// MW-50.
    fn sign_in(&self, auth: &RequestAuth) -> Rejection {
        let rejection = Rejection::unauthenticated().challenged(&self.challenge(auth));
        if let Some(url) = &self.unauthenticated_url {
            return rejection.redirected(url.clone(), is_read(auth));
        }
        let url = auth
            .redirects()
            .and_then(|redirects| redirects.to_sign_in(ReturnTo::ThisPage).ok())
            .and_then(|url| http::HeaderValue::try_from(url.as_str()).ok());
        match url {
            Some(mut url) => {
                // It can carry the token of a browser in development.
                url.set_sensitive(true);
                rejection.redirected(url, is_read(auth))
            }
            None => rejection,
        }
    }

    /// MW-34, MW-53: what would be accepted.
    fn challenge<'a>(&self, auth: &'a RequestAuth) -> Challenge<'a> {
        let accepts_oauth = self.accepts_type(TokenType::OAuth)
            || self
                .alternatives
                .iter()
                .any(|guard| guard.accepts_type(TokenType::OAuth));
        match auth.state().publishable_key() {
            Some(key) if accepts_oauth => Challenge::Resource(key.frontend_api().host()),
            _ => Challenge::Token {
                presented: auth.state().reason(),
            },
        }
    }
}

fn is_machine(caller: &Auth) -> bool {
    matches!(caller, Auth::ApiKey(_) | Auth::M2m(_) | Auth::OAuth(_))
}

/// A request that is no page's was made by code, which reads the answer of any method.
fn is_read(auth: &RequestAuth) -> bool {
    auth.page().is_none_or(|page: &Page| page.is_read)
}
