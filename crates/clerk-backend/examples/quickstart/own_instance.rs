//! The instance whose keys are in the environment, where there are any. Nothing is changed there.

use clerk_backend::Clerk;
use clerk_backend::api::users::CountUsers;

use super::{AnyError, Report};

pub(super) async fn check(report: &mut Report) -> Result<(), AnyError> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("CLERK_PUBLISHABLE_KEY") && !is_set("CLERK_SECRET_KEY") {
        return Ok(());
    }
    report.title("The instance whose keys are in the environment");
    let clerk = Clerk::from_env()?;
    let diagnosis = clerk.diagnose().await;
    for line in diagnosis.to_string().lines() {
        report.note(line);
    }
    report.check("the settings work", diagnosis.is_working(), "");
    if clerk.config().secret_key.is_some() {
        let count = clerk.users().count(CountUsers::new()).await?;
        report.check("users().count(..)", true, count.total_count);
    }
    Ok(())
}
