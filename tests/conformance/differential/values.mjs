// The special values of the vector format, both ways.

export function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  if ('$undefined' in value) return undefined;
  if ('$num' in value) return value.$num === '-0' ? -0 : Number(value.$num);
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes, 'base64'));
  if ('$date' in value) return new Date(value.$date);
  if ('$utf16' in value) return String.fromCharCode(...value.$utf16);
  if ('$headers' in value) return new Headers(value.$headers);
  if ('$json' in value) return JSON.parse(value.$json);
  // Null prototypes and `__proto__` members stay what `JSON.parse` makes of them.
  const out = {};
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(out, name, { value: decode(member), enumerable: true, writable: true, configurable: true });
  }
  return out;
}

export function encode(value) {
  switch (typeof value) {
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
    case 'number':
      if (Number.isNaN(value) || !Number.isFinite(value)) return { $num: String(value) };
      return Object.is(value, -0) ? { $num: '-0' } : value;
    case 'string':
      return value.isWellFormed() ? value : { $utf16: [...Array(value.length).keys()].map(i => value.charCodeAt(i)) };
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof RegExp) return { $regexp: value.source, flags: value.flags };
  if (value instanceof Error) return encodeError(value);
  if (Array.isArray(value)) {
    return value.map(item => {
      const written = encode(item);
      return written === undefined ? { $undefined: true } : written;
    });
  }
  const out = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    // Resource objects keep the raw answer.
    if (name === '_raw') continue;
    const written = encode(member);
    if (written !== undefined) out[name] = written;
  }
  return out;
}

const MEMBERS = [
  'reason',
  'action',
  'tokenCarrier',
  'code',
  'status',
  'longMessage',
  'docsUrl',
  'clerkTraceId',
  'retryAfter',
  'statusCode',
];

export function encodeError(error) {
  if (!(error instanceof Error)) return { class: typeof error, name: '', message: String(error) };
  let name = error.constructor.name.replace(/^_/, '');
  if (error.constructor.kind) name = error.constructor.kind;
  if ('reason' in error && 'tokenCarrier' in error) name = 'TokenVerificationError';
  const out = { class: name, name: error.name, message: error.message };
  for (const member of MEMBERS) {
    if (error[member] !== undefined) out[member] = encode(error[member]);
  }
  if (Array.isArray(error.errors)) {
    out.errors = error.errors.map(({ code, message, longMessage, meta }) => encode({ code, message, longMessage, meta }));
  }
  return out;
}
