//! A browser in miniature: it asks for pages, keeps cookies, follows redirects, and signs in.

use std::collections::BTreeMap;

use clerk_core::CookieNames;

use super::http_client::{Answer, send};
use super::{AnyError, EMAIL, PASSWORD, Stage};

/// The cookies of the application's host.
pub(super) struct Browser {
    app: String,
    frontend: String,
    names: CookieNames,
    pub(super) cookies: BTreeMap<String, String>,
}

/// A page load: the hosts and paths on the way, and where it ended.
pub(super) struct Visit {
    pub(super) hops: Vec<String>,
    pub(super) end: Answer,
}

/// No page load takes more redirects.
const MOST_HOPS: usize = 8;

impl Browser {
    pub(super) fn new(stage: &Stage) -> Self {
        Self {
            app: stage.app.origin.clone(),
            frontend: stage.offline.frontend_url(),
            names: CookieNames::for_key_text(stage.offline.publishable_key().as_str()),
            cookies: BTreeMap::new(),
        }
    }

    /// Loads a page of the application.
    pub(super) async fn visit(&mut self, path: &str) -> Result<Visit, AnyError> {
        let mut url = format!("{}{path}", self.app);
        let mut hops = Vec::new();
        // It lives two seconds; this browser is faster than people.
        self.cookies.remove("__clerk_redirect_count");
        loop {
            let end = self.load(&url).await?;
            hops.push(format!("{} {}", end.status, without_query(&url)));
            let Some(location) = end.location() else {
                return Ok(Visit { hops, end });
            };
            if hops.len() > MOST_HOPS {
                return Err("the redirects do not end".into());
            }
            url = match location.strip_prefix('/') {
                Some(path) => format!("{}/{path}", self.app),
                None => location.to_owned(),
            };
        }
    }

    async fn load(&mut self, url: &str) -> Result<Answer, AnyError> {
        let own = url.starts_with(&self.app);
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let mut headers = vec![("sec-fetch-dest", "document"), ("accept", "text/html")];
        if own {
            headers.push(("cookie", &cookies));
        }
        let answer = send("GET", url, &headers, "").await?;
        if own {
            self.keep(&answer);
        }
        Ok(answer)
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap_or_default();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if attributes.contains("Max-Age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Signs in as the browser library does: at the Frontend API, which knows the browser by its development token.
    pub(super) async fn sign_in(&mut self) -> Result<Answer, AnyError> {
        let browser = self
            .cookies
            .get("__clerk_db_jwt")
            .cloned()
            .unwrap_or_default();
        let url = format!(
            "{}/v1/client/sign_ins?__clerk_db_jwt={browser}",
            self.frontend
        );
        let form = format!("identifier={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.app.as_str()),
        ];
        let answer = send("POST", &url, &headers, form).await?;
        // The library notes when the browser's state changed, and keeps a second set of cookies with the key's suffix;
        // the next page load asks who is there now.
        for (name, value) in [
            ("__client_uat", "1"),
            (self.names.client_uat(), "1"),
            (self.names.dev_browser(), &browser),
        ] {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }
}

fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(url, _)| url)
}
