//! Where an operation lives: its method and path, and how it is authenticated.

use clerk_core::url::PathSegment;
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use clerk_http::ApiRequest;
use http::Method;

/// The fixed part of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    name: &'static str,
    method: Method,
    path: &'static str,
    root: bool,
    key: Key,
    paginated: bool,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    Secret,
    MachineOrSecret,
    Optional,
}

impl Route {
    /// `name` is the resource and method, `path` holds `{..}` for each id.
    pub(crate) const fn new(name: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            name,
            method,
            path,
            root: false,
            key: Key::Secret,
            paginated: false,
        }
    }

    /// The path stands beside the version, not below it.
    pub(crate) const fn root(mut self) -> Self {
        self.root = true;
        self
    }

    /// A machine's secret key authenticates the call where one is configured.
    pub(crate) const fn machine(mut self) -> Self {
        self.key = Key::MachineOrSecret;
        self
    }

    /// The call needs no key.
    #[allow(dead_code, reason = "only unlisted and public operations need no key")]
    pub(crate) const fn keyless(mut self) -> Self {
        self.key = Key::Optional;
        self
    }

    /// A bare list is asked for as a page.
    #[allow(dead_code, reason = "not every group of the API has such lists")]
    pub(crate) const fn paginated(mut self) -> Self {
        self.paginated = true;
        self
    }

    pub(crate) fn is_paginated(&self) -> bool {
        self.paginated
    }

    /// The request, with every id as one encoded segment of the path.
    pub(crate) fn request(&self, ids: &[&str]) -> Result<ApiRequest, ApiError> {
        let mut path = String::with_capacity(self.path.len() + 32 * ids.len());
        let mut ids = ids.iter();
        for part in self.path.split('/').skip(1) {
            path.push('/');
            if let Some(name) = part.strip_prefix('{') {
                let id = ids.next().copied().unwrap_or_default();
                let segment = PathSegment::encode(id)
                    .map_err(|_| self.unusable(name.trim_end_matches('}')))?;
                path.push_str(segment.as_str());
            } else {
                path.push_str(part);
            }
        }
        let request = ApiRequest::new(self.name, self.method.clone(), path);
        let request = if self.root {
            request.unversioned()
        } else {
            request
        };
        Ok(match self.key {
            Key::Secret => request,
            Key::MachineOrSecret => request.prefer_machine_secret_key(),
            Key::Optional => request.secret_key_optional(),
        })
    }

    /// HTTP-2, HTTP-3, HTTP-4: refused before anything is sent; the text itself is not repeated.
    fn unusable(&self, name: &str) -> ApiError {
        let message = format!(
            "`{name}` is not a usable id: it is empty, blank, `.`, `..` or has control characters"
        );
        ApiError::new(ApiErrorKind::Invalid, Sent::No, message).with_operation(self.name)
    }
}
