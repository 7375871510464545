// Clerk's own browser library in headless Chromium, against the protected application and its offline Clerk.
//
// usage: node suite.mjs PROTECTED_APP CHROMIUM NPM_FOLDER [options of the application]
// Prints one line per step; ends with 1 if any failed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [application, executablePath, npm, ...options] = process.argv.slice(2);
const child = spawn(application, ['--npm', npm, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
const line = await new Promise((done, fail) => {
  createInterface({ input: child.stdout }).once('line', done);
  child.once('exit', code => fail(new Error(`the application ended with ${code}`)));
});
const at = JSON.parse(line);
const live = options.includes('--live-shaped');
const refreshes = !options.includes('--without-refresh-cookies');

async function api(method, path, body, key = at.secret_key) {
  const answer = await fetch(`${at.backend}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}
const control = (method, path, body) => api(method, `/__offline${path}`, body, at.control_token);
const handshakes = async () =>
  (await control('GET', '/requests')).filter(request => request.path === '/v1/client/handshake').length;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const context = await browser.newContext();
const page = await context.newPage();
const outside = [];
page.on('request', request => {
  const host = new URL(request.url()).hostname;
  if (!['localhost', '127.0.0.1', ''].includes(host)) outside.push(request.url());
});

let failed = 0;
async function step(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}
const clerk = body => page.evaluate(`(async () => { await window.ready; ${body} })()`);
/** Loads a page as a person would, who takes more than the two seconds after which handshakes are no longer counted. */
const open = async path => {
  await context.clearCookies({ name: '__clerk_redirect_count' });
  await page.goto(at.app + path);
};
const me = (headers = {}) => page.evaluate(async headers => {
  const answer = await fetch('/api/me', { headers });
  return { status: answer.status, body: await answer.json() };
}, headers);
/** A page load while another page, without the library, is open: nothing renews cookies meanwhile. */
const idle = async () => { await page.goto(`${at.app}/nothing`); };
const cookies = () => context.cookies(at.app);
const withName = async prefix => (await cookies()).filter(cookie => cookie.name.startsWith(prefix));
/** Gives every session cookie another value. */
async function replaceSession(change) {
  for (const cookie of await cookies()) {
    if (/^__session/.test(cookie.name)) await context.addCookies([{ ...cookie, value: change(cookie.value) }]);
  }
}
const forge = token => {
  const [header, payload, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  claims.sub = 'user_somebodyelse';
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};
let user;

await step('a cold visit of a protected page ends at the sign-in page, by handshake', async () => {
  await open('/protected');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  if (!live) assert.ok((await handshakes()) >= 1);
});

await step('the library loads; an API call is refused', async () => {
  assert.equal(await clerk('return Clerk.status || (Clerk.loaded && "ready")'), 'ready');
  assert.equal((await me()).status, 401);
});

await step('sign-up with e-mail code; a wrong code is refused', async () => {
  await clerk(`
    window.attempt = await Clerk.client.signUp.create({ emailAddress: 'ada@example.com', password: 'correct horse' });
    await window.attempt.prepareEmailAddressVerification({ strategy: 'email_code' });`);
  const wrong = await clerk(`return window.attempt.attemptEmailAddressVerification({ code: '111111' }).then(() => 'ok', error => error.errors[0].code)`);
  assert.equal(wrong, 'form_code_incorrect');
  user = await clerk(`
    const done = await window.attempt.attemptEmailAddressVerification({ code: '424242' });
    await Clerk.setActive({ session: done.createdSessionId });
    return Clerk.user.id;`);
  assert.match(user, /^user_/);
});

await step('a protected page and an API call, by cookie', async () => {
  assert.deepEqual(await me(), { status: 200, body: { userId: user } });
  await open('/protected');
  assert.equal(await page.textContent('#user'), user);
});

await step('bearer tokens: the own one passes, an altered one does not', async () => {
  const token = await clerk('return Clerk.session.getToken()');
  const bearer = async token => {
    const answer = await fetch(`${at.app}/api/me`, { headers: { authorization: `Bearer ${token}` } });
    return answer.status;
  };
  assert.deepEqual([await bearer(token), await bearer(forge(token))], [200, 401]);
});

await step('a forged session cookie does not sign in', async () => {
  const jar = await cookies();
  await idle();
  await replaceSession(forge);
  assert.notDeepEqual((await me()).body, { userId: 'user_somebodyelse' });
  await context.addCookies(jar);
});

await step('an expired cookie: the API answers 401, a page load is renewed by handshake', async () => {
  await open('/protected');
  await idle();
  // Without the refresh cookie, only a handshake helps.
  for (const cookie of await withName('__refresh')) await context.clearCookies({ name: cookie.name });
  const before = await handshakes();
  await control('POST', '/clock', { shift_ms: 40_000 });
  assert.equal((await me()).status, 401);
  await open('/protected');
  assert.equal(await page.textContent('#user'), user);
  assert.equal((await handshakes()) - before, 1);
});

if (refreshes) {
  await step('an expired cookie with a refresh cookie is renewed without a redirect', async () => {
    await open('/protected');
    await idle();
    assert.ok((await withName('__refresh')).length > 0, 'the handshake set a refresh cookie');
    const before = await handshakes();
    await control('POST', '/clock', { shift_ms: 40_000 });
    await open('/protected');
    assert.equal(await page.textContent('#user'), user);
    assert.equal((await handshakes()) - before, 0);
    const renewals = (await control('GET', '/requests')).filter(request => request.path.endsWith('/refresh'));
    assert.ok(renewals.some(request => request.status === 200));
  });
}

await step('a deleted session cookie is restored by handshake', async () => {
  await open('/protected');
  await idle();
  for (const cookie of await withName('__session')) await context.clearCookies({ name: cookie.name });
  await open('/protected');
  assert.equal(await page.textContent('#user'), user);
});

await step('sign-out, and sign-in by the form; a wrong password is refused', async () => {
  await open('/');
  await clerk('await null');
  // The library navigates by itself afterwards.
  await clerk("Clerk.signOut({ redirectUrl: '/sign-in?out' })").catch(() => null);
  await page.waitForURL('**/sign-in?out');
  await open('/protected');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await clerk('return true');
  await page.fill('[name=identifier]', 'ada@example.com');
  await page.fill('[name=password]', 'wrong');
  await page.click('button');
  await page.waitForFunction(() => document.getElementById('who').textContent.includes('password'));
  await page.fill('[name=password]', 'correct horse');
  await page.click('button');
  await page.waitForURL('**/protected');
  assert.equal(await page.textContent('#user'), user);
});

await step('a session that is revoked is signed out in the browser', async () => {
  await open('/');
  const session = await clerk('return Clerk.session.id');
  await api('POST', `/v1/sessions/${session}/revoke`);
  await clerk('await Clerk.session.getToken({ skipCache: true }).catch(() => null)');
  await page.waitForFunction(() => !window.Clerk.user);
  await open('/protected');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
});

await step('nothing outside this machine was asked for', async () => assert.deepEqual(outside, []));

await browser.close();
child.kill();
console.log(failed === 0 ? 'all steps passed' : `${failed} steps failed`);
process.exit(failed === 0 ? 0 : 1);
