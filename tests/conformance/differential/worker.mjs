// Runs calls of the npm package `@clerk/backend` for the differential test, one JSON line in, one JSON line out.
//
// In: a vector without `out`, with `answers` in place of `http`: for each kind of outgoing call the answers it gets,
// in order, the last one again and again. Or with `http`: the answers in order, whatever is asked.
// Out: `{"out", "http"?, "retry_delays_ms"?, "normalized_url"?, "normalized_headers"?}`, or `{"skip": why}` where the
// Fetch API itself refuses the request.
//
// `node worker.mjs --check FOLDER` replays recorded vectors instead and says where this worker would record others.
import { createInterface } from 'node:readline';
import { decode, encode, encodeError } from './values.mjs';

const real = { now: Date.now };
let now = 0;
let answer = null;
let calls = [];
let delays = [];

Date.now = () => now;
Math.random = () => 0;
const quiet = () => {};
for (const name of ['log', 'warn', 'error', 'info', 'debug']) console[name] = quiet;

// Waiting costs nothing here; what is asked for is noted.
globalThis.setTimeout = (run, ms) => {
  delays.push(ms);
  queueMicrotask(run);
  return 0;
};

globalThis.fetch = async (input, init = {}) => {
  const request = { method: (init.method ?? 'GET').toUpperCase(), url: String(input?.url ?? input) };
  const headers = new Headers(init.headers ?? {});
  request.headers = [...headers].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (typeof init.body === 'string') request.body = init.body;
  const response = answer(request);
  calls.push({ request, response });
  if ('error' in response) throw new TypeError(response.error);
  const body = 'json' in response ? JSON.stringify(response.json) : response.body;
  const empty = [101, 204, 205, 304].includes(response.status);
  return new Response(empty ? null : (body ?? ''), {
    status: response.status,
    statusText: response.status_text,
    headers: response.headers ?? [],
  });
};

const { functions } = await import('./functions.mjs');

function kindOf(request) {
  const path = new URL(request.url).pathname;
  if (path.endsWith('/jwks')) return 'jwks';
  if (path.endsWith('/refresh')) return 'refresh';
  if (path.endsWith('/handshake_payload')) return 'nonce';
  if (path.endsWith('/m2m_tokens/verify')) return 'm2m';
  if (path.endsWith('/access_tokens/verify')) return 'oauth';
  if (path.endsWith('/api_keys/verify')) return 'api_key';
  return 'other';
}

function answering(vector) {
  if (vector.http) {
    const left = [...vector.http];
    return () => left.shift()?.response ?? { error: 'no call was recorded' };
  }
  const left = structuredClone(vector.answers ?? {});
  return request => {
    const list = left[kindOf(request)] ?? [];
    return (list.length > 1 ? list.shift() : list[0]) ?? { status: 404, body: '' };
  };
}

async function perform(vector) {
  for (const name of Object.keys(process.env)) {
    if (/^(CLERK_|VERCEL)/.test(name)) delete process.env[name];
  }
  Object.assign(process.env, vector.env ?? {});
  now = vector.now;
  answer = answering(vector);
  calls = [];
  delays = [];
  const result = {};
  try {
    const run = functions[vector.fn];
    if (!run) return { skip: `there is no function ${vector.fn}` };
    const value = await run(decode(vector.in), result);
    if (result.skip) return { skip: result.skip };
    const written = encode(value);
    result.out = written === undefined ? {} : { ok: written };
  } catch (error) {
    result.out = { err: encodeError(error) };
  }
  if (calls.length) result.http = calls;
  if (delays.length) result.retry_delays_ms = delays;
  return result;
}

if (process.argv[2] === '--check') {
  const { check } = await import('./check.mjs');
  await check(process.argv[3], perform);
} else {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const started = real.now();
    const result = await perform(JSON.parse(line));
    result.ms = real.now() - started;
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
