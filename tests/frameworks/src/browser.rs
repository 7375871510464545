//! A browser, as far as redirects and cookies go.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use crate::client::{Answer, Request};
use crate::world::{ORIGIN, World};

/// Follows redirects between the application and the offline Clerk, and keeps the application's cookies.
pub struct Browser<'w> {
    world: &'w World,
    /// The application's cookies.
    pub cookies: BTreeMap<String, String>,
}

impl<'w> Browser<'w> {
    /// A browser that has never been anywhere.
    #[must_use]
    pub fn new(world: &'w World) -> Self {
        Self {
            world,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser with these cookies.
    #[must_use]
    pub fn with_cookies(world: &'w World, cookies: &str) -> Self {
        let mut browser = Self::new(world);
        for cookie in cookies.split("; ") {
            browser.keep(cookie);
        }
        browser
    }

    /// Signs a user in at the Frontend API and returns the token of the browser, as the sign-in page hands it back.
    #[must_use]
    pub fn sign_in(&self, email: &str, password: &str) -> String {
        let browser = self.frontend("POST", "/v1/dev_browser", "");
        let browser: Value = serde_json::from_str(&browser.body).expect("JSON");
        let token = browser["id"].as_str().expect("a token").to_owned();
        let email = email.replace('@', "%40");
        let form = format!("identifier={email}&password={password}");
        let path =
            format!("/v1/client/sign_ins?__clerk_api_version=2026-08-20&__clerk_db_jwt={token}");
        let answer = self.frontend("POST", &path, &form);
        assert_eq!(answer.status, 200, "{}", answer.body);
        token
    }

    /// Navigates to a page and follows redirects until there is an answer that is none, or leads elsewhere. Returns every answer.
    pub fn visit(&mut self, path: &str) -> Vec<Answer> {
        let mut answers = Vec::new();
        let mut target = format!("{ORIGIN}{path}");
        for _ in 0..10 {
            let frontend = self.world.offline.frontend_url();
            let answer = if let Some(path) = target.strip_prefix(ORIGIN) {
                let answer = self.request(path).send(self.world.app);
                for cookie in answer.cookies() {
                    self.keep(&cookie);
                }
                answer
            } else if let Some(path) = target.strip_prefix(&frontend) {
                self.frontend("GET", path, "")
            } else {
                break;
            };
            let location = answer.value("location");
            answers.push(answer);
            if location.is_empty() {
                break;
            }
            target = match location.starts_with('/') {
                true => format!("{ORIGIN}{location}"),
                false => location,
            };
        }
        answers
    }

    /// The request for a page of the application, with the cookies.
    #[must_use]
    pub fn request(&self, path: &str) -> Request {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::get(path).page();
        match cookies.is_empty() {
            true => request,
            false => request.header("cookie", cookies.join("; ")),
        }
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split_once('=') else {
            return;
        };
        if value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn frontend(&self, method: &'static str, path: &str, form: &str) -> Answer {
        let frontend = self.world.offline.frontend_url();
        let host = frontend.trim_start_matches("http://");
        let address: SocketAddr = host.parse().expect("an address");
        let request = match method {
            "POST" => Request::post(path, form),
            _ => Request::new(method, path),
        };
        request
            .host(Some(host.as_bytes()))
            .header("origin", ORIGIN)
            .header("content-type", "application/x-www-form-urlencoded")
            .send(address)
    }
}
