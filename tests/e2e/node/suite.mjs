// Clerk's own backend library, from npm, against the offline Clerk.
//
// Reads the variables that `offline-clerk serve` prints, and CONTROL_TOKEN. Prints one line per step; ends with 1 if
// any failed.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { verifyWebhook } from '@clerk/backend/webhooks';

const env = process.env;
const options = {
  secretKey: env.CLERK_SECRET_KEY,
  publishableKey: env.CLERK_PUBLISHABLE_KEY,
  apiUrl: env.CLERK_API_URL,
  proxyUrl: env.CLERK_PROXY_URL,
  telemetry: { disabled: true },
};
const clerk = createClerkClient(options);
const authority = { secretKey: options.secretKey, apiUrl: options.apiUrl };

async function control(method, path, body) {
  const answer = await fetch(`${env.CLERK_API_URL}/__offline${path}`, {
    method,
    headers: { authorization: `Bearer ${env.CONTROL_TOKEN}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/** The first error of a call that must fail. */
async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return { status: error.status, code: error.errors?.[0]?.code, retryAfter: error.retryAfter, traceId: error.clerkTraceId };
  }
  assert.fail('the call should have failed');
}

let failed = 0;
async function step(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}

let count = 0;
const address = () => `user${(count += 1)}@example.com`;
const newUser = more => clerk.users.createUser({ emailAddress: [address()], password: 'correct horse', ...more });

await step('users: create, get, update, metadata', async () => {
  const user = await newUser({ firstName: 'Ada', publicMetadata: { a: { b: 1 } } });
  assert.equal(user.passwordEnabled, true);
  assert.ok(user.primaryEmailAddress.emailAddress.endsWith('@example.com'));
  assert.equal(user.primaryEmailAddress.verification.status, 'verified');
  assert.equal((await clerk.users.getUser(user.id)).fullName, 'Ada');
  assert.equal((await clerk.users.updateUser(user.id, { lastName: 'Lovelace' })).fullName, 'Ada Lovelace');
  const merged = await clerk.users.updateUserMetadata(user.id, { publicMetadata: { a: { c: 2 } } });
  assert.deepEqual(merged.publicMetadata, { a: { b: 1, c: 2 } });
});

await step('users: list, count, order', async () => {
  const before = await clerk.users.getCount();
  const first = await newUser({ firstName: 'Zoe' });
  const second = await newUser({ firstName: 'Yann' });
  assert.equal(await clerk.users.getCount(), before + 2);
  const page = await clerk.users.getUserList({ userId: [first.id, second.id], orderBy: '+first_name', limit: 1 });
  assert.equal(page.totalCount, 2);
  assert.deepEqual(page.data.map(user => user.id), [second.id]);
});

await step('users: ban, lock, passwords, delete', async () => {
  const user = await newUser();
  assert.equal((await clerk.users.banUser(user.id)).banned, true);
  assert.equal((await failure(clerk.sessions.createSession({ userId: user.id }))).status, 403);
  assert.equal((await clerk.users.unbanUser(user.id)).banned, false);
  assert.equal((await clerk.users.lockUser(user.id)).locked, true);
  assert.equal((await clerk.users.unlockUser(user.id)).locked, false);
  assert.deepEqual(await clerk.users.verifyPassword({ userId: user.id, password: 'correct horse' }), { verified: true });
  assert.equal((await failure(clerk.users.verifyPassword({ userId: user.id, password: 'x' }))).status, 422);
  assert.equal((await clerk.users.deleteUser(user.id)).id, user.id);
  const gone = await failure(clerk.users.getUser(user.id));
  assert.deepEqual([gone.status, gone.code], [404, 'resource_not_found']);
  assert.ok(gone.traceId);
});

await step('e-mail addresses and phone numbers', async () => {
  const user = await newUser();
  const email = await clerk.emailAddresses.createEmailAddress({ userId: user.id, emailAddress: address(), verified: true, primary: true });
  assert.equal((await clerk.users.getUser(user.id)).primaryEmailAddressId, email.id);
  assert.equal((await clerk.emailAddresses.getEmailAddress(email.id)).emailAddress, email.emailAddress);
  await clerk.emailAddresses.deleteEmailAddress(email.id);
  const phone = await clerk.phoneNumbers.createPhoneNumber({ userId: user.id, phoneNumber: '+15555550100', verified: true });
  assert.equal((await clerk.phoneNumbers.updatePhoneNumber(phone.id, { reservedForSecondFactor: true })).reservedForSecondFactor, true);
});

await step('sessions: create, list, tokens, verify, revoke', async () => {
  const user = await newUser();
  const session = await clerk.sessions.createSession({ userId: user.id });
  assert.equal((await clerk.sessions.getSession(session.id)).status, 'active');
  const list = await clerk.sessions.getSessionList({ userId: user.id });
  assert.deepEqual([list.totalCount, list.data[0].id], [1, session.id]);
  const { jwt } = await clerk.sessions.getToken(session.id);
  const claims = await verifyToken(jwt, authority);
  assert.deepEqual([claims.sub, claims.sid, claims.sts, claims.v], [user.id, session.id, 'active', 2]);
  const long = await clerk.sessions.getToken(session.id, undefined, 600);
  const read = await verifyToken(long.jwt, authority);
  assert.equal(read.exp - read.iat, 600);
  const state = await clerk.authenticateRequest(new Request('http://localhost:3000/api', { headers: { authorization: `Bearer ${jwt}` } }));
  assert.equal(state.isSignedIn, true);
  assert.equal(state.toAuth().userId, user.id);
  assert.equal((await clerk.sessions.revokeSession(session.id)).status, 'revoked');
  assert.equal((await failure(clerk.sessions.getToken(session.id))).status, 404);
});

await step('sessions: JWT templates', async () => {
  const user = await newUser({ publicMetadata: { tier: 'gold' } });
  const template = await clerk.jwtTemplates.create({ name: 'db', claims: { tier: '{{user.public_metadata.tier}}' }, lifetime: 90 });
  assert.ok((await clerk.jwtTemplates.list()).data.some(own => own.id === template.id));
  const session = await clerk.sessions.createSession({ userId: user.id });
  const { jwt } = await clerk.sessions.getToken(session.id, 'db');
  const payload = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
  assert.deepEqual([payload.tier, payload.exp - payload.iat], ['gold', 90]);
  const state = await clerk.authenticateRequest(new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${jwt}` } }));
  assert.deepEqual([state.isSignedIn, state.reason], [false, 'token-type-mismatch'], 'a template token is no session token');
  await clerk.jwtTemplates.delete(template.id);
});

await step('organizations: lifecycle, members, claims', async () => {
  const [admin, member] = [await newUser(), await newUser()];
  const org = await clerk.organizations.createOrganization({ name: `Acme ${count}`, createdBy: admin.id });
  assert.equal((await clerk.organizations.getOrganization({ slug: org.slug })).id, org.id);
  assert.equal((await clerk.organizations.updateOrganization(org.id, { name: 'Renamed' })).name, 'Renamed');
  const permission = await clerk.organizationPermissions.createOrganizationPermission({ name: 'Read', key: 'org:reports:read' });
  const role = await clerk.organizationRoles.createOrganizationRole({ name: 'Reader', key: 'org:reader', permissions: [permission.id] });
  const membership = await clerk.organizations.createOrganizationMembership({ organizationId: org.id, userId: member.id, role: role.key });
  assert.deepEqual(membership.permissions, ['org:reports:read']);
  assert.equal(membership.publicUserData.userId, member.id);
  const members = await clerk.organizations.getOrganizationMembershipList({ organizationId: org.id });
  assert.equal(members.totalCount, 2);
  const own = await clerk.users.getOrganizationMembershipList({ userId: member.id });
  assert.equal(own.data[0].organization.id, org.id);
  await clerk.organizations.updateOrganizationMembership({ organizationId: org.id, userId: member.id, role: 'org:member' });
  const metadata = await clerk.organizations.updateOrganizationMetadata(org.id, { publicMetadata: { plan: 'pro' } });
  assert.deepEqual(metadata.publicMetadata, { plan: 'pro' });
  const orgs = await clerk.organizations.getOrganizationList({ query: 'Renamed' });
  assert.deepEqual([orgs.totalCount, orgs.data[0].id], [1, org.id]);
  await clerk.organizations.deleteOrganizationMembership({ organizationId: org.id, userId: member.id });
  await clerk.organizations.deleteOrganization(org.id);
  assert.equal((await failure(clerk.organizations.getOrganization({ organizationId: org.id }))).status, 404);
});

await step('invitations into organizations and into the application', async () => {
  const admin = await newUser();
  const org = await clerk.organizations.createOrganization({ name: `Inviting ${count}`, createdBy: admin.id });
  const invitation = await clerk.organizations.createOrganizationInvitation({
    organizationId: org.id, emailAddress: address(), role: 'org:member', inviterUserId: admin.id,
  });
  const pending = await clerk.organizations.getOrganizationInvitationList({ organizationId: org.id, status: ['pending'] });
  assert.equal(pending.data[0].id, invitation.id);
  const revoked = await clerk.organizations.revokeOrganizationInvitation({ organizationId: org.id, invitationId: invitation.id });
  assert.equal(revoked.status, 'revoked');
  const open = await clerk.invitations.createInvitation({ emailAddress: address(), publicMetadata: { from: 'suite' } });
  assert.ok((await clerk.invitations.getInvitationList()).data.some(own => own.id === open.id));
  assert.equal((await clerk.invitations.revokeInvitation(open.id)).status, 'revoked');
});

await step('allow and block lists', async () => {
  const allowed = await clerk.allowlistIdentifiers.createAllowlistIdentifier({ identifier: address(), notify: false });
  assert.ok((await clerk.allowlistIdentifiers.getAllowlistIdentifierList()).data.some(own => own.id === allowed.id));
  assert.equal((await clerk.allowlistIdentifiers.deleteAllowlistIdentifier(allowed.id)).id, allowed.id);
  const blocked = await clerk.blocklistIdentifiers.createBlocklistIdentifier({ identifier: address() });
  assert.equal((await clerk.blocklistIdentifiers.getBlocklistIdentifierList()).data[0].id, blocked.id);
  await clerk.blocklistIdentifiers.deleteBlocklistIdentifier(blocked.id);
});

await step('sign-in, actor and testing tokens', async () => {
  const user = await newUser();
  const ticket = await clerk.signInTokens.createSignInToken({ userId: user.id, expiresInSeconds: 60 });
  assert.equal(ticket.status, 'pending');
  assert.equal((await clerk.signInTokens.revokeSignInToken(ticket.id)).status, 'revoked');
  const actor = await clerk.actorTokens.create({ userId: user.id, actor: { sub: 'user_support' }, expiresInSeconds: 60 });
  assert.deepEqual(actor.actor, { sub: 'user_support' });
  const testing = await clerk.testingTokens.createTestingToken();
  assert.ok(testing.token && testing.expires_at > Date.now() / 1000);
});

await step('machines and M2M tokens, opaque and JWT', async () => {
  const receiver = await clerk.machines.create({ name: 'receiver' });
  const sender = await clerk.machines.create({ name: 'sender', scopedMachines: [receiver.id] });
  for (const tokenFormat of ['opaque', 'jwt']) {
    const token = await clerk.m2m.createToken({ machineSecretKey: sender.secretKey, tokenFormat, claims: { job: 7 }, secondsUntilExpiration: 60 });
    const verified = await clerk.m2m.verify({ token: token.token });
    assert.deepEqual([verified.subject, verified.claims.job], [sender.id, 7]);
    assert.ok(verified.scopes.includes(receiver.id));
    const state = await clerk.authenticateRequest(
      new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${token.token}` } }), { acceptsToken: 'm2m_token' });
    assert.equal(state.toAuth().machineId, sender.id);
    if (tokenFormat === 'opaque') {
      await clerk.m2m.revokeToken({ m2mTokenId: token.id });
      assert.equal((await failure(clerk.m2m.verify({ token: token.token }))).status, 404);
    }
  }
  assert.equal((await clerk.machines.list()).data.length >= 2, true);
  assert.equal((await clerk.machines.getSecretKey(sender.id)).secret, sender.secretKey);
  assert.notEqual((await clerk.machines.rotateSecretKey({ machineId: sender.id, previousTokenTtl: 0 })).secret, sender.secretKey);
});

await step('API keys', async () => {
  const user = await newUser();
  const key = await clerk.apiKeys.create({ name: 'ci', subject: user.id, scopes: ['read'] });
  assert.ok(key.secret.startsWith('ak_'));
  const verified = await clerk.apiKeys.verify(key.secret);
  assert.deepEqual([verified.subject, verified.scopes], [user.id, ['read']]);
  assert.equal((await clerk.apiKeys.list({ subject: user.id })).totalCount, 1);
  assert.equal((await clerk.apiKeys.getSecret(key.id)).secret, key.secret);
  await clerk.apiKeys.revoke({ apiKeyId: key.id, revocationReason: 'done' });
  assert.equal((await failure(clerk.apiKeys.verify(key.secret))).status, 404);
});

await step('OAuth access tokens', async () => {
  const user = await newUser();
  const application = await clerk.oauthApplications.create({ name: 'client', redirectUris: ['http://localhost:9/cb'], scopes: 'profile' });
  assert.ok(application.clientSecret);
  for (const token_format of ['opaque', 'jwt']) {
    const { token } = await control('POST', '/oauth_access_tokens', { user_id: user.id, scopes: ['profile'], client_id: application.clientId, token_format });
    const state = await clerk.authenticateRequest(
      new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${token}` } }), { acceptsToken: 'oauth_token' });
    assert.deepEqual([state.toAuth().userId, state.toAuth().scopes], [user.id, ['profile']]);
  }
  await clerk.oauthApplications.delete(application.id);
});

/** A dev browser that is signed in by ticket, without a browser. */
async function browser(user) {
  const fapi = (path, body) => fetch(`${env.CLERK_PROXY_URL}/v1${path}`, {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(body),
  }).then(answer => answer.json());
  const { id } = await fapi('/dev_browser', {});
  const ticket = await clerk.signInTokens.createSignInToken({ userId: user.id });
  await fapi(`/client/sign_ins?__clerk_db_jwt=${id}`, { strategy: 'ticket', ticket: ticket.token });
  return id;
}
const page = (cookies, query = '') => new Request(`http://localhost:3000/page${query}`, {
  headers: { cookie: cookies, 'sec-fetch-dest': 'document', accept: 'text/html' },
});
const cookieHeader = headers => headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; ');

for (const format of ['nonce', 'token']) {
  await step(`handshake by ${format}, then refresh`, async () => {
    const user = await newUser();
    const dvb = await browser(user);
    const first = await clerk.authenticateRequest(page(`__clerk_db_jwt=${dvb}; __client_uat=1`));
    assert.equal(first.status, 'handshake');
    const start = new URL(first.headers.get('location'));
    start.searchParams.set('format', format);
    start.searchParams.set('suffixed_cookies', 'true');
    const answer = await fetch(start, { redirect: 'manual' });
    assert.equal(answer.status, 307);
    const back = new URL(answer.headers.get('location'));
    assert.ok(back.searchParams.get(format === 'nonce' ? '__clerk_handshake_nonce' : '__clerk_handshake'));
    const second = await clerk.authenticateRequest(page(`__clerk_db_jwt=${dvb}; __client_uat=1`, back.search));
    assert.equal(second.status, 'signed-in');
    assert.equal(second.headers.get('location'), 'http://localhost:3000/page');
    const cookies = cookieHeader(second.headers);
    const third = await clerk.authenticateRequest(page(cookies));
    assert.deepEqual([third.status, third.toAuth().userId], ['signed-in', user.id]);

    await control('POST', '/clock', { shift_ms: -120_000 });
    const session = third.toAuth().sessionId;
    const { jwt } = await clerk.sessions.getToken(session);
    await control('POST', '/clock', { shift_ms: 120_000 });
    const expired = cookies.replace(/(__session(?:_[^=]+)?)=[^;]+/g, `$1=${jwt}`).replace(/(__client_uat(?:_[^=]+)?)=\d+/g, '$1=1');
    const refreshed = await clerk.authenticateRequest(page(expired), { apiClient: clerk });
    assert.equal(refreshed.status, 'signed-in', `${refreshed.reason}`);
    assert.ok(refreshed.headers.getSetCookie().some(cookie => cookie.startsWith('__session')));
  });
}

await step('errors: 429 with Retry-After, outages, rotated keys', async () => {
  await control('POST', '/faults', { route: '/v1/users', kind: 'status', status: 429, times: 1 });
  const limited = await failure(clerk.users.getUser('user_x'));
  assert.deepEqual([limited.status, limited.retryAfter], [429, 1]);
  await control('POST', '/faults', { route: '/v1/users', kind: 'reset', times: 1 });
  assert.equal((await failure(clerk.users.getUser('user_x'))).code, 'unexpected_error');
  const user = await newUser();
  const session = await clerk.sessions.createSession({ userId: user.id });
  await control('POST', '/keys/rotate', {});
  const { jwt } = await clerk.sessions.getToken(session.id);
  assert.equal((await verifyToken(jwt, authority)).sub, user.id);
});

await step('webhooks verified', async () => {
  const received = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const copy = new Request('http://localhost/', { method: 'POST', headers: request.headers, body });
      received.push(await verifyWebhook(copy, { signingSecret: env.CLERK_WEBHOOK_SIGNING_SECRET }).catch(error => error));
      response.end();
    });
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  await control('POST', '/webhook_endpoints', { url: `http://127.0.0.1:${server.address().port}/` });
  const user = await newUser();
  const wanted = () => received.find(event => event.type === 'user.created' && event.data.id === user.id);
  for (let tries = 0; tries < 100 && !wanted(); tries += 1) await new Promise(done => setTimeout(done, 50));
  server.close();
  server.closeAllConnections();
  assert.ok(wanted(), `${received}`);
  assert.deepEqual(received.filter(event => event instanceof Error), []);
});

console.log(failed === 0 ? 'all steps passed' : `${failed} steps failed`);
process.exit(failed === 0 ? 0 : 1);
