// Replays recorded vectors with this worker: what it would record must be what was recorded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const FAMILIES = ['jwt', 'verify_token', 'machine_tokens', 'authenticate_request', 'auth_objects', 'urls_and_keys', 'webhooks'];

export async function check(folder, perform) {
  const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
  let failed = 0;
  for (const family of FAMILIES) {
    const file = JSON.parse(readFileSync(join(folder, `${family}.json`), 'utf8'));
    const counts = { same: 0, different: 0, skipped: 0 };
    for (const raw of file.vectors) {
      const vector = fill(raw, file.tokens ?? [], keys);
      const result = await perform(vector);
      if (result.skip) {
        counts.skipped += 1;
        continue;
      }
      const want = { out: vector.out, http: vector.http?.map(strip) };
      const have = JSON.parse(JSON.stringify({ out: result.out, http: result.http?.map(strip) }));
      if (isDeepStrictEqual(plain(want), plain(have))) counts.same += 1;
      else {
        counts.different += 1;
        if (process.env.SHOW && counts.different <= Number(process.env.SHOW)) {
          process.stdout.write(`${vector.id} ${vector.name}\n  want ${JSON.stringify(want).slice(0, 1500)}\n  have ${JSON.stringify(have).slice(0, 1500)}\n`);
        }
      }
    }
    failed += counts.different;
    process.stdout.write(`${family}: ${JSON.stringify(counts)}\n`);
  }
  process.exitCode = failed ? 1 : 0;
}

const plain = value => JSON.parse(JSON.stringify(value));
const strip = ({ request: { method, url, body } }) => ({ method, url, body });

function fill(value, tokens, keys) {
  if (typeof value === 'string') return value.replace(/\{\{t(\d+)\}\}/g, (_, number) => tokens[Number(number)]);
  if (Array.isArray(value)) return value.map(item => fill(item, tokens, keys));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$key === 'string') return value.$key.split('.').reduce((at, name) => at[name], keys);
  const out = {};
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(out, name, { value: fill(member, tokens, keys), enumerable: true, writable: true, configurable: true });
  }
  return out;
}
