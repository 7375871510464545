//! For `--serve`: a sign-in page, and where everything is.

use clerk_backend::testing::server::OfflineClerk;
use clerk_core::CookieSuffix;

use super::app::App;
use super::{AnyError, EMAIL, PASSWORD};

/// A sign-in form in a few lines of script. A real application loads Clerk's browser library instead.
pub(super) fn sign_in(offline: &OfflineClerk) -> String {
    let suffix = CookieSuffix::for_key_text(offline.publishable_key().as_str());
    let frontend = offline.frontend_url();
    format!(
        r#"<!doctype html><meta charset="utf-8"><title>Sign in</title><h1>Sign in</h1>
<form id="form"><input name="identifier" value="{EMAIL}"> <input name="password" type="password" value="{PASSWORD}">
<button>Sign in</button></form><p id="says"></p><p><a href="/me">the protected page</a></p>
<script>
document.getElementById('form').addEventListener('submit', async event => {{
  event.preventDefault();
  const browser = (document.cookie.match(/__clerk_db_jwt=([^;]*)/) || [])[1];
  if (!browser) {{ location.href = '/me'; return; }}  // the handshake there makes this browser known
  const body = new URLSearchParams(new FormData(event.target));
  const answer = await fetch('{frontend}/v1/client/sign_ins?__clerk_db_jwt=' + browser, {{ method: 'POST', body }});
  const said = await answer.json();
  if (answer.ok) {{
    for (const pair of ['__client_uat=1', '__client_uat_{suffix}=1', '__clerk_db_jwt_{suffix}=' + browser])
      document.cookie = pair + '; path=/; SameSite=Lax';
    location.href = '/me';
  }} else document.getElementById('says').textContent = said.errors[0].message;
}});
</script>"#
    )
}

/// Keeps everything running until the process is stopped.
pub(super) async fn serve(offline: OfflineClerk) -> Result<(), AnyError> {
    offline
        .create_user(EMAIL)
        .password(PASSWORD)
        .name("Ada", "Lovelace")
        .await;
    let app = App::start(&offline).await?;
    println!("A protected page   {}", app.url("/me"));
    println!("Sign in as         {EMAIL}, {PASSWORD}");
    println!("\nThe offline Clerk behind it, for any other application:");
    for (name, value) in offline.env() {
        println!("  export {name}={value}");
    }
    println!("\nStop with Ctrl-C.");
    std::future::pending().await
}
