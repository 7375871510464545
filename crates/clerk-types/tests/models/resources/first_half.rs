//! From `accountless_application` to `organization_domain`.

use super::carries;

#[test]
fn res_1_accountless_application() {
    carries(
        &["AccountlessApplication"],
        "publishable_key secret_key claim_url api_keys_url",
    );
}

#[test]
fn res_2_actor_token() {
    carries(
        &["ActorToken"],
        "id status user_id actor token url created_at updated_at",
    );
}

#[test]
fn res_3_agent_task() {
    carries(&["AgentTask"], "agent_id agent_task_id task_id url");
}

#[test]
fn res_4_allowlist_identifier() {
    carries(
        &["AllowlistIdentifier"],
        "id identifier identifier_type instance_id invitation_id created_at updated_at",
    );
}

#[test]
fn res_5_api_key() {
    carries(
        &["ApiKey", "ApiKeyWithSecret"],
        "id type name subject scopes claims revoked revocation_reason expired expiration created_by \
         description last_used_at created_at updated_at secret",
    );
}

#[test]
fn res_6_blocklist_identifier() {
    carries(
        &["BlocklistIdentifier"],
        "id identifier identifier_type instance_id created_at updated_at",
    );
}

#[test]
fn res_7_client() {
    carries(
        &["Client"],
        "id session_ids sessions sign_in_id sign_up_id last_active_session_id \
         last_authentication_strategy created_at updated_at",
    );
}

#[test]
fn res_8_cookies() {
    carries(&["SessionCookies"], "cookies");
}

#[test]
fn res_9_domain() {
    carries(
        &["Domain"],
        "id name is_satellite frontend_api_url accounts_portal_url proxy_url development_origin \
         cname_targets cname_targets/host cname_targets/value cname_targets/required",
    );
}

#[test]
fn res_10_email() {
    carries(
        &["SentEmail"],
        "id slug from_email_name to_email_address email_address_id user_id subject body body_plain status \
         data delivered_by_clerk suppression_reason",
    );
}

#[test]
fn res_11_email_address() {
    carries(
        &["EmailAddress"],
        "id email_address verification linked_to linked_to/id linked_to/type",
    );
}

#[test]
fn res_12_enterprise_account() {
    carries(
        &["EnterpriseAccount"],
        "id active email_address enterprise_connection enterprise_connection/active \
         enterprise_connection/allow_idp_initiated enterprise_connection/allow_subdomains \
         enterprise_connection/disable_additional_identifications enterprise_connection/domain \
         enterprise_connection/logo_public_url enterprise_connection/name enterprise_connection/protocol \
         enterprise_connection/provider enterprise_connection/sync_user_attributes first_name last_name \
         protocol provider provider_user_id public_metadata verification last_authenticated_at \
         enterprise_connection_id enterprise_connection/created_at enterprise_connection/updated_at",
    );
}

#[test]
fn res_13_enterprise_connection() {
    carries(
        &["EnterpriseConnection"],
        "id name provider logo_public_url domains organization_id active sync_user_attributes \
         allow_subdomains disable_additional_identifications allow_organization_account_linking \
         authenticatable disable_jit_provisioning custom_attributes custom_attributes/name \
         custom_attributes/key custom_attributes/sso_path custom_attributes/scim_path \
         custom_attributes/multi_valued saml_connection saml_connection/id saml_connection/name \
         saml_connection/idp_certificates saml_connection/idp_certificates/certificate \
         saml_connection/idp_certificates/issued_at saml_connection/idp_certificates/expires_at \
         saml_connection/acs_url saml_connection/sp_entity_id saml_connection/sp_metadata_url \
         saml_connection/active saml_connection/allow_subdomains saml_connection/allow_idp_initiated \
         saml_connection/force_authn saml_connection/login_hint saml_connection/login_hint/mode \
         saml_connection/login_hint/source oauth_config oauth_config/id oauth_config/provider_key \
         oauth_config/name oauth_config/client_id oauth_config/discovery_url oauth_config/auth_url \
         oauth_config/token_url oauth_config/user_info_url oauth_config/logo_public_url \
         oauth_config/requires_pkce created_at updated_at saml_connection/idp_entity_id \
         saml_connection/idp_sso_url saml_connection/idp_certificate saml_connection/idp_metadata_url",
    );
}

#[test]
fn res_14_external_account() {
    carries(
        &["ExternalAccount"],
        "id external_account_id provider identification_id provider_user_id approved_scopes email_address \
         first_name last_name image_url username phone_number public_metadata label verification",
    );
}

#[test]
fn res_15_feature() {
    carries(&["BillingFeature"], "id name description slug avatar_url");
}

#[test]
fn res_16_instance() {
    carries(&["Instance"], "id environment_type allowed_origins");
}

#[test]
fn res_17_instance_restrictions() {
    carries(
        &["InstanceRestrictions"],
        "allowlist blocklist block_email_subaddresses block_disposable_email_domains \
         ignore_dots_for_gmail_addresses",
    );
}

#[test]
fn res_18_instance_settings() {
    carries(
        &["InstanceSettings"],
        "id restricted_to_allowlist from_email_address progressive_sign_up enhanced_email_deliverability",
    );
}

#[test]
fn res_19_invitation() {
    carries(
        &["Invitation"],
        "id email_address public_metadata revoked status url created_at updated_at",
    );
}

#[test]
fn res_20_jwt_template() {
    carries(
        &["JwtTemplate"],
        "id name claims lifetime allowed_clock_skew custom_signing_key signing_algorithm created_at \
         updated_at",
    );
}

#[test]
fn res_21_machine() {
    carries(
        &["Machine", "MachineWithSecretKey"],
        "id name instance_id default_token_ttl scoped_machines secret_key created_at updated_at",
    );
}

#[test]
fn res_22_machine_scope() {
    carries(
        &["MachineScope"],
        "from_machine_id to_machine_id created_at deleted",
    );
}

#[test]
fn res_23_machine_secret_key() {
    carries(&["MachineSecretKey"], "secret");
}

#[test]
fn res_24_machine_to_machine_token() {
    carries(
        &["M2mToken", "M2mTokenWithSecret"],
        "id subject scopes claims revoked revocation_reason expired expiration created_at updated_at \
         token",
    );
}

#[test]
fn res_25_clerk_idp_oauth_access_token() {
    carries(
        &["OauthToken"],
        "id client_id type subject scopes revoked revocation_reason expired expiration created_at \
         updated_at aud act",
    );
}

#[test]
fn res_26_oauth_access_token() {
    carries(
        &["OauthAccessToken"],
        "external_account_id token provider public_metadata label scopes token_secret expires_at id_token",
    );
}

#[test]
fn res_27_oauth_application() {
    carries(
        &["OauthApplication", "OauthApplicationWithSecret"],
        "id instance_id name client_id client_uri client_image_url dynamically_registered \
         consent_screen_enabled pkce_required public scopes redirect_uris authorize_url token_fetch_url \
         user_info_url discovery_url token_introspection_url client_secret created_at updated_at",
    );
}

#[test]
fn res_28_organization() {
    carries(
        &["Organization"],
        "id name slug image_url has_image members_count pending_invitations_count max_allowed_memberships \
         admin_delete_enabled public_metadata private_metadata created_by last_active_at \
         missing_member_with_elevated_permissions role_set_key created_at updated_at",
    );
}

#[test]
fn res_29_organization_domain() {
    carries(
        &["OrganizationDomain"],
        "id name organization_id enrollment_mode verification verification/status verification/strategy \
         verification/attempts verification/expires_at affiliation_email_address \
         total_pending_invitations total_pending_suggestions created_at updated_at",
    );
}
