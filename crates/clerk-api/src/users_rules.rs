//! What the client adds to the plain calls of users.

use clerk_errors::api::ApiError;
use clerk_http::try_both;
use clerk_types::models::{OauthAccessToken, User};

use crate::{
    Call, Page, Pager,
    generated::users::{
        CountUsers, ListUserOauthAccessTokens, ListUsers, ReplaceUserMetadata, UpdateUser, Users,
    },
    query::Query,
};

/// What chooses and sorts a page: it means nothing to a count.
const OF_THE_PAGE: [&str; 4] = ["limit", "offset", "order_by", "starting_after"];

impl Users<'_> {
    /// Lists users, and counts all that the same filters choose.
    ///
    /// `GET /v1/users` and `GET /v1/users/count` at once, as `users.getUserList` does in JavaScript. Between the two
    /// answers a user may come or go.
    ///
    /// ```
    /// use clerk_api::users::ListUsers;
    ///
    /// # async fn example(client: clerk_api::Client) -> Result<(), clerk_errors::api::ApiError> {
    /// let page = client.users().list_with_total(ListUsers::new().query("ada").limit(20)).await?;
    /// println!("{} of {:?}", page.data.len(), page.total_count);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`] of whichever call fails.
    #[doc(alias = "getUserList")]
    pub async fn list_with_total(&self, params: ListUsers) -> Result<Page<User>, ApiError> {
        // HTTP-27
        let mut filters = Query::of(&params);
        for name in OF_THE_PAGE {
            filters.take(name);
        }
        let count = self.count(CountUsers::new()).pairs(&filters);
        let list = self.list(params);
        let (page, count) = try_both(list.into_future(), count.into_future()).await?;
        Ok(Page {
            total_count: Some(u64::try_from(count.total_count).unwrap_or(0)),
            ..page
        })
    }

    /// Changes a user, then replaces the user's metadata.
    ///
    /// `PATCH /v1/users/{user_id}` where there is something to change, then `PUT /v1/users/{user_id}/metadata`, as
    /// `users.updateUser` does in JavaScript. Metadata that is not given stays.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call that failed; its operation says which. After a failure of the second, the first has
    /// taken effect.
    #[doc(alias = "updateUser")]
    pub async fn update_with_metadata(
        &self,
        user_id: &str,
        params: UpdateUser,
        metadata: ReplaceUserMetadata,
    ) -> Result<User, ApiError> {
        let changes = self.update(user_id, params);
        if changes.has_members() {
            changes.await?;
        }
        self.replace_metadata(user_id, metadata).await
    }

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
