//! From `organization_invitation` to `commerce_payment_attempt`.

use super::carries;

#[test]
fn res_30_organization_invitation() {
    carries(
        &["OrganizationInvitation", "OrganizationInvitationAccepted"],
        "id email_address role role_name organization_id public_organization_data \
         public_organization_data/id public_organization_data/name public_organization_data/slug \
         public_organization_data/image_url public_organization_data/has_image status public_metadata \
         private_metadata url expires_at user_id created_at updated_at",
    );
}

#[test]
fn res_31_organization_membership() {
    carries(
        &["OrganizationMembership"],
        "id role permissions public_metadata private_metadata organization public_user_data \
         public_user_data/identifier public_user_data/first_name public_user_data/last_name \
         public_user_data/image_url public_user_data/has_image public_user_data/user_id created_at \
         updated_at",
    );
}

#[test]
fn res_32_organization_settings() {
    carries(
        &["OrganizationSettings"],
        "enabled max_allowed_memberships max_allowed_roles max_allowed_permissions creator_role \
         admin_delete_enabled domains_enabled slug_disabled domains_enrollment_modes domains_default_role",
    );
}

#[test]
fn res_33_permission() {
    carries(
        &["Permission"],
        "id key name description created_at updated_at",
    );
}

#[test]
fn res_34_phone_number() {
    carries(
        &["PhoneNumber"],
        "id phone_number reserved_for_second_factor default_second_factor reserved verification linked_to \
         backup_codes",
    );
}

#[test]
fn res_35_proxy_check() {
    carries(
        &["ProxyCheck"],
        "id domain_id last_run_at proxy_url successful created_at updated_at",
    );
}

#[test]
fn res_36_redirect_url() {
    carries(&["RedirectUrl"], "id url created_at updated_at");
}

#[test]
fn res_37_role() {
    carries(
        &["Role"],
        "id key name description permissions is_creator_eligible created_at updated_at",
    );
}

#[test]
fn res_38_role_set() {
    carries(
        &["RoleSet"],
        "id name key description roles default_role creator_role type role_set_migration created_at \
         updated_at",
    );
}

#[test]
fn res_39_role_set_item() {
    carries(
        &["RoleSetItem"],
        "id name key description members_count has_members created_at updated_at",
    );
}

#[test]
fn res_40_role_set_migration() {
    carries(
        &["RoleSetMigration"],
        "id organization_id instance_id source_role_set_id dest_role_set_id trigger_type status \
         migrated_members mappings started_at completed_at created_at updated_at",
    );
}

#[test]
fn res_41_saml_connection() {
    carries(
        &["SamlConnection"],
        "id name domain organization_id idp_certificates acs_url sp_entity_id sp_metadata_url active \
         provider user_count sync_user_attributes allow_subdomains allow_idp_initiated attribute_mapping \
         attribute_mapping/user_id attribute_mapping/email_address attribute_mapping/first_name \
         attribute_mapping/last_name created_at updated_at idp_entity_id idp_sso_url idp_certificate \
         idp_metadata_url idp_metadata",
    );
}

#[test]
fn res_42_session() {
    carries(
        &["Session"],
        "id client_id user_id status last_active_organization_id actor latest_activity latest_activity/id \
         latest_activity/device_type latest_activity/is_mobile latest_activity/browser_name \
         latest_activity/browser_version latest_activity/ip_address latest_activity/city \
         latest_activity/country last_active_at expire_at abandon_at created_at updated_at",
    );
}

#[test]
fn res_43_sign_in_token() {
    carries(
        &["SignInToken"],
        "id user_id token status url created_at updated_at",
    );
}

#[test]
fn res_44_sign_up_attempt() {
    carries(
        &["SignUp"],
        "id status required_fields optional_fields missing_fields unverified_fields verifications \
         verifications/email_address verifications/phone_number verifications/web3_wallet \
         verifications/web3_wallet/next_action verifications/web3_wallet/supported_strategies \
         verifications/external_account username email_address phone_number web3_wallet password_enabled \
         first_name last_name public_metadata unsafe_metadata custom_action external_id \
         created_session_id created_user_id abandon_at legal_accepted_at external_account",
    );
}

#[test]
fn res_45_sms_message() {
    carries(
        &["Sms"],
        "id from_phone_number to_phone_number phone_number_id user_id message status slug data \
         delivered_by_clerk",
    );
}

#[test]
fn res_46_testing_token() {
    carries(&["TestingToken"], "token expires_at");
}

#[test]
fn res_47_token() {
    carries(&["SessionToken"], "jwt");
}

#[test]
fn res_48_total_count() {
    carries(&["TotalCount"], "total_count");
}

#[test]
fn res_49_user() {
    carries(
        &["User"],
        "id username first_name last_name image_url has_image primary_email_address_id \
         primary_phone_number_id primary_web3_wallet_id password_enabled two_factor_enabled totp_enabled \
         backup_code_enabled email_addresses phone_numbers web3_wallets organization_memberships \
         external_accounts enterprise_accounts password_last_updated_at external_id last_sign_in_at \
         last_active_at banned locked deprovisioned lockout_expires_in_seconds \
         verification_attempts_remaining create_organization_enabled create_organizations_limit \
         delete_self_enabled legal_accepted_at locale timezone created_at updated_at public_metadata \
         private_metadata unsafe_metadata",
    );
}

#[test]
fn res_50_verification() {
    carries(
        &["Verification"],
        "id status strategy attempts expire_at verified_at_client external_verification_redirect_url \
         nonce message",
    );
}

#[test]
fn res_51_waitlist_entry() {
    carries(
        &["WaitlistEntry"],
        "id status email_address invitation is_locked created_at updated_at",
    );
}

#[test]
fn res_52_web3_wallet() {
    carries(&["Web3Wallet"], "id web3_wallet verification");
}

#[test]
fn res_53_commerce_payer() {
    carries(
        &["BillingPayer"],
        "id instance_id user_id first_name last_name email organization_id organization_name image_url \
         created_at updated_at",
    );
}

#[test]
fn res_54_commerce_plan() {
    carries(
        &["BillingPlan", "BillingPlanDetail"],
        "id name slug description is_default is_recurring has_base_fee publicly_visible fee annual_fee \
         annual_monthly_fee for_payer_type features free_trial_days free_trial_enabled avatar_url",
    );
}

#[test]
fn res_55_commerce_subscription() {
    carries(
        &["BillingSubscription"],
        "id instance_id status payer_id active_at past_due_at subscription_items next_payment \
         eligible_for_free_trial created_at updated_at",
    );
}

#[test]
fn res_56_commerce_subscription_item() {
    carries(
        &["BillingSubscriptionItem", "BillingSubscriptionItemDetail"],
        "id instance_id status plan_period payer_id price_id period_start period_end is_free_trial \
         ended_at canceled_at past_due_at lifetime_paid next_payment amount plan plan_id seats created_at \
         updated_at",
    );
}

#[test]
fn res_57_commerce_payment_attempt() {
    carries(
        &["PaymentAttempt"],
        "id instance_id payment_id statement_id gateway_external_id status paid_at failed_at \
         failed_reason failed_reason/code failed_reason/decline_code billing_date charge_type payee payer \
         totals payment_source subscription_items created_at updated_at",
    );
}
