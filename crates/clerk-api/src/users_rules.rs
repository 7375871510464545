//! What the client adds to the plain calls of users.

use clerk_types::models::OauthAccessToken;

use crate::{
    Call, Page, Pager,
    generated::users::{ListUserOauthAccessTokens, Users},
};

impl Users<'_> {
    /// Gets a user's tokens at a social provider, such as `google`; `oauth_` is put in front where it is missing.
    ///
    /// `GET /v1/users/{user_id}/oauth_access_tokens/{provider}`, in JavaScript `users.getUserOauthAccessToken`.
    #[doc(alias = "getUserOauthAccessToken")]
    pub fn list_oauth_access_tokens(
        &self,
        user_id: &str,
        provider: &str,
        params: ListUserOauthAccessTokens,
    ) -> Call<Page<OauthAccessToken>> {
        self.raw_list_oauth_access_tokens(user_id, &prefixed(provider), params)
    }

    /// [`list_oauth_access_tokens`](Self::list_oauth_access_tokens), walking through all pages.
    pub fn oauth_access_tokens_pages(
        &self,
        user_id: &str,
        provider: &str,
        params: ListUserOauthAccessTokens,
    ) -> Pager<OauthAccessToken> {
        self.raw_oauth_access_tokens_pages(user_id, &prefixed(provider), params)
    }
}

/// An empty provider stays empty, so that it is refused.
fn prefixed(provider: &str) -> String {
    if provider.is_empty() || provider.starts_with("oauth_") {
        provider.to_owned()
    } else {
        format!("oauth_{provider}")
    }
}
