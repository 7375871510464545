//! What the client adds to the plain calls of organizations.

use clerk_errors::api::ApiError;
use clerk_types::models::Organization;

use crate::generated::organizations::{
    Organizations, ReplaceOrganizationMetadata, UpdateOrganization,
};

impl Organizations<'_> {
    /// Changes an organization, then replaces its metadata.
    ///
    /// `PATCH /v1/organizations/{organization_id}` where there is something to change, then
    /// `PUT /v1/organizations/{organization_id}/metadata`, as `organizations.updateOrganization` does in JavaScript.
    /// Metadata that is not given stays.
    ///
    /// # Errors
    ///
    /// [`ApiError`] of the call that failed; its operation says which. After a failure of the second, the first has
    /// taken effect.
    #[doc(alias = "updateOrganization")]
    pub async fn update_with_metadata(
        &self,
        organization_id: &str,
        params: UpdateOrganization,
        metadata: ReplaceOrganizationMetadata,
    ) -> Result<Organization, ApiError> {
        let changes = self.update(organization_id, params);
        if changes.has_members() {
            changes.await?;
        }
        self.replace_metadata(organization_id, metadata).await
    }
}
