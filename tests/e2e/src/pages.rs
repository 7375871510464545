//! The application's pages.

/// The tag that loads the browser library from the Frontend API.
pub(crate) fn script(proxy_url: &str, publishable_key: &str) -> String {
    format!(
        r#"<script crossorigin data-clerk-publishable-key="{publishable_key}" data-clerk-proxy-url="{proxy_url}"
 src="{proxy_url}/npm/@clerk/clerk-js@6/dist/clerk.browser.js"></script>
<script>window.ready = window.Clerk ? Clerk.load({{ telemetry: false }}) : Promise.reject(new Error('no library'));</script>"#
    )
}

/// The page that anybody may see: sign in, or see who is signed in.
pub(crate) fn page(script: &str) -> String {
    format!(
        r#"<!doctype html><meta charset="utf-8"><title>Offline Clerk</title><body>{script}
<h1>A small application</h1><p id="who">...</p>
<form id="form"><input name="identifier" placeholder="e-mail address"><input name="password" type="password">
<button>Sign in</button></form><p><a href="/protected">protected page</a></p>
<script>
const who = document.getElementById('who');
const show = () => {{ who.textContent = Clerk.user ? 'signed in as ' + Clerk.user.id : 'signed out'; }};
window.ready.then(() => {{ show(); Clerk.addListener(show); }}, error => {{ who.textContent = error.message; }});
document.getElementById('form').addEventListener('submit', async event => {{
  event.preventDefault();
  const form = new FormData(event.target);
  try {{
    const attempt = await Clerk.client.signIn.create({{ identifier: form.get('identifier'), password: form.get('password') }});
    await Clerk.setActive({{ session: attempt.createdSessionId }});
    location.href = '/protected';
  }} catch (error) {{ who.textContent = error.errors ? error.errors[0].message : error.message; }}
}});
</script>"#
    )
}

/// The page for signed-in users. Ids are letters, digits and underscores.
pub(crate) fn protected(script: &str, user: &str) -> String {
    format!(
        r#"<!doctype html><meta charset="utf-8"><title>Protected</title><body>{script}<h1>Protected</h1><p id="user">{user}</p>"#
    )
}
