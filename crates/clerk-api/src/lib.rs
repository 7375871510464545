#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod call;
mod client;
#[cfg(feature = "unlisted")]
mod emails_rules;
mod file_upload;
mod generated;
mod order_by;
#[cfg(feature = "organizations")]
mod organizations_rules;
mod page;
mod pager;
mod query;
mod route;
#[cfg(feature = "users")]
mod users_rules;

pub use call::Call;
pub use client::Client;
pub use file_upload::FileUpload;
pub use order_by::OrderBy;
pub use page::Page;
pub use pager::Pager;

// The resources: a handle each, and the parameters of its methods.
#[cfg(feature = "billing")]
pub use generated::billing;
#[cfg(feature = "machines")]
pub use generated::machines;
#[cfg(feature = "oauth-applications")]
pub use generated::oauth_applications;
#[cfg(all(feature = "enterprise", feature = "deprecated-endpoints"))]
pub use generated::saml_connections;
#[cfg(all(feature = "instance", feature = "deprecated-endpoints"))]
pub use generated::templates;
#[cfg(feature = "unlisted")]
pub use generated::{accountless_applications, emails};
#[cfg(feature = "sessions")]
pub use generated::{actor_tokens, agent_tasks, sign_in_tokens, sign_ups, testing_tokens};
#[cfg(feature = "enterprise")]
pub use generated::{
    admin_portal_link_tokens, directories, enterprise_connections, scim_directories,
};
#[cfg(feature = "invitations")]
pub use generated::{allowlist_identifiers, blocklist_identifiers, invitations, waitlist_entries};
pub use generated::{api_keys, clients, jwks, m2m, oauth_access_tokens, sessions};
#[cfg(feature = "instance")]
pub use generated::{
    beta_features, domains, instance, jwt_templates, miscellaneous, proxy_checks, redirect_urls,
    webhooks,
};
#[cfg(feature = "users")]
pub use generated::{email_addresses, phone_numbers, users};
#[cfg(feature = "organizations")]
pub use generated::{organization_permissions, organization_roles, organizations, role_sets};
