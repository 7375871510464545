//! Guides: one task each, with code that is compiled and run as part of the tests.
//!
//! Coming from elsewhere: [from JavaScript](javascript), [from clerk-rs](clerk_rs).
//!
//! Building: [webhooks], [machine tokens](machine_tokens), [organization sync](organization_sync),
//! [multi-tenant servers](multi_tenant), [satellite domains](satellites), [testing].
//!
//! Running: [behind a proxy](behind_a_proxy), [outages], [observability], [custom transports and edge
//! runtimes](custom_transports).
//!
//! Extending: [building a framework integration](framework_integration).

#[doc = include_str!("behind_a_proxy.md")]
pub mod behind_a_proxy {}
#[doc = include_str!("clerk_rs.md")]
pub mod clerk_rs {}
#[doc = include_str!("custom_transports.md")]
pub mod custom_transports {}
#[doc = include_str!("framework_integration.md")]
pub mod framework_integration {}
#[doc = include_str!("javascript.md")]
pub mod javascript {}
#[doc = include_str!("machine_tokens.md")]
pub mod machine_tokens {}
#[doc = include_str!("multi_tenant.md")]
pub mod multi_tenant {}
#[doc = include_str!("observability.md")]
pub mod observability {}
#[doc = include_str!("organization_sync.md")]
pub mod organization_sync {}
#[doc = include_str!("outages.md")]
pub mod outages {}
#[doc = include_str!("satellites.md")]
pub mod satellites {}
#[doc = include_str!("testing.md")]
pub mod testing {}
#[doc = include_str!("webhooks.md")]
pub mod webhooks {}
