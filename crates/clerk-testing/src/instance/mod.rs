//! For end-to-end tests against a real development instance: its settings, a testing token for browsers, and users with
//! sessions for requests.
//!
//! ```no_run
//! use clerk_testing::instance::{TestInstance, TestSettings};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let instance = TestInstance::new(TestSettings::from_env()?)?;
//!
//! // For a browser that a test drives: every request to `https://CLERK_FAPI/v1/...` carries the token as
//! // `__clerk_testing_token`, and is not asked whether it is a human.
//! let setup = instance.set_up().await?;
//! std::process::Command::new("npx").args(["playwright", "test"]).envs(setup.env()).status()?;
//!
//! // For requests to a backend: a user, a session, a token, and all of it gone afterwards.
//! let ada = instance.create_user("ada+clerk_test@example.com").await?;
//! let session = instance.create_session(&ada).await?;
//! let bearer = format!("Bearer {}", instance.create_token(&session).await?.expose());
//! instance.delete_user(&ada).await?;
//! # Ok(())
//! # }
//! ```

mod calls;
mod retry;
mod settings;

pub use calls::{AgentTask, TestInstance, TestingSetup};
pub use settings::{SettingsError, TestSettings};
