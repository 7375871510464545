// What each `fn` of a vector calls.
import { createClerkClient, verifyToken } from '@clerk/backend';
import * as internal from '@clerk/backend/internal';
import { decodeJwt, hasValidSignature, signJwt, verifyJwt } from '@clerk/backend/jwt';
import { verifyWebhook } from '@clerk/backend/webhooks';
import { apiUrlFromPublishableKey } from '@clerk/shared/apiUrlFromPublishableKey';
import { splitByScope, validateReverificationConfig } from '@clerk/shared/authorization';
import { buildAccountsBaseUrl } from '@clerk/shared/buildAccountsBaseUrl';
import { parsePermissions } from '@clerk/shared/jwtPayloadParser';
import * as keys from '@clerk/shared/keys';
import { createPathMatcher, normalizePath } from '@clerk/shared/pathMatcher';
import { match } from '@clerk/shared/pathToRegexp';
import { getAutoProxyUrlFromEnvironment } from '@clerk/shared/proxy';
import { isCurrentDevAccountPortalOrigin, isLegacyDevAccountPortalOrigin } from '@clerk/shared/url';
import { encode, encodeError } from './values.mjs';

/** The value of a call or its error, as a member of a larger result. */
function attempt(run) {
  try {
    const value = encode(run());
    return { ok: value === undefined ? { $undefined: true } : value };
  } catch (error) {
    return { err: encodeError(error) };
  }
}

function makeRequest(given, result) {
  let request;
  try {
    request = new Request(given.url, { method: given.method ?? 'GET', headers: given.headers ?? [] });
  } catch (error) {
    result.skip = error.message;
    return null;
  }
  const sorted = list => [...list].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const passed = sorted((given.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));
  const kept = sorted(request.headers);
  if (JSON.stringify(passed) !== JSON.stringify(kept)) result.normalized_headers = kept;
  if (request.url !== given.url) result.normalized_url = request.url;
  return request;
}

function headersOf(headers) {
  const order = [...headers].map(([name, value], index) => [name, value, index]);
  order.sort(([a, , i], [b, , j]) => (a < b ? -1 : a > b ? 1 : i - j));
  return order.map(([name, value]) => [name, value]);
}

function takenApart(location) {
  try {
    const url = new URL(location);
    return {
      base: `${url.protocol}//${url.host}${url.pathname}`,
      query: [...url.searchParams],
      fragment: url.hash,
    };
  } catch {
    return location;
  }
}

function describeState(state) {
  const out = {
    status: state.status,
    reason: state.reason,
    message: state.message,
    token_type: state.tokenType,
    is_signed_in: state.isSignedIn,
    is_authenticated: state.isAuthenticated,
    token: state.token,
    proxy_url: state.proxyUrl,
    publishable_key: state.publishableKey,
    is_satellite: state.isSatellite,
    domain: state.domain,
    sign_in_url: state.signInUrl,
    sign_up_url: state.signUpUrl,
    after_sign_in_url: state.afterSignInUrl,
    after_sign_up_url: state.afterSignUpUrl,
    headers: headersOf(state.headers),
  };
  const location = state.headers.get('location');
  if (location !== null) out.location = takenApart(location);
  out.to_auth = attempt(() => state.toAuth());
  const pending = attempt(() => state.toAuth({ treatPendingAsSignedOut: false }));
  out.to_auth_pending = JSON.stringify(pending) === JSON.stringify(out.to_auth) ? '=' : pending;
  return out;
}

async function machineObject(object) {
  return { object, get_token: await object.getToken(), has: object.has({}) };
}

const claimsObject = claims => internal.signedInAuthObject({}, 'session.jwt', claims);

export const functions = {
  decodeJwt: ({ token }) => {
    const { header, payload, signature } = decodeJwt(token);
    return { header, payload, signature };
  },
  verifyJwt: ({ token, options }) => verifyJwt(token, options),
  hasValidSignature: ({ token, key }) => hasValidSignature(decodeJwt(token), key),
  signJwt: ({ payload, key, options }) => signJwt(payload, key, options ?? { algorithm: 'RS256' }),
  verifyToken: ({ token, options }) => verifyToken(token, options),
  verifyMachineAuthToken: async ({ token, options }) => {
    const { data, tokenType, errors } = await internal.verifyMachineAuthToken(token, options);
    return errors ? { tokenType, errors } : { tokenType, data };
  },
  isMachineToken: ({ token }) => internal.isMachineToken(token),
  isMachineTokenByPrefix: ({ token }) => internal.isMachineTokenByPrefix(token),
  isTokenTypeAccepted: ({ token_type, accepts }) => internal.isTokenTypeAccepted(token_type, accepts),
  client: ({ client_options, resource, method, args }) => createClerkClient(client_options)[resource][method](...args),
  authenticateRequest: async (input, result) => {
    const request = makeRequest(input.request, result);
    if (!request) return null;
    const options = input.options ?? {};
    const state = input.no_api_client
      ? await internal.createAuthenticateRequest({ options: input.client_options }).authenticateRequest(request, options)
      : await createClerkClient(input.client_options).authenticateRequest(request, options);
    return describeState(state);
  },
  has: ({ claims, params }) => {
    const { has } = claimsObject(claims);
    return params.map(param => {
      try {
        return has(param);
      } catch (error) {
        return { err: encodeError(error) };
      }
    });
  },
  authObject: ({ claims }) => ({
    pending_as_signed_out: attempt(() => internal.getAuthObjectFromJwt({ raw: { text: 't' }, payload: claims }, {})),
    pending_allowed: attempt(() =>
      internal.getAuthObjectFromJwt({ raw: { text: 't' }, payload: claims }, { treatPendingAsSignedOut: false }),
    ),
  }),
  splitByScope: ({ claim }) => splitByScope(claim),
  parsePermissions: ({ per, fpm }) => parsePermissions({ per, fpm }),
  validateReverificationConfig: ({ config }) => {
    const check = validateReverificationConfig(config);
    return typeof check === 'function' ? check() : check;
  },
  authenticatedMachineObject: ({ token_type, token, data }) =>
    machineObject(internal.authenticatedMachineObject(token_type, token, data)),
  unauthenticatedMachineObject: ({ token_type }) => machineObject(internal.unauthenticatedMachineObject(token_type)),
  reverificationErrorResponse: async ({ config }) => {
    const response = internal.reverificationErrorResponse(config);
    return { status: response.status, body: await response.json(), error: internal.reverificationError(config) };
  },
  getToken: ({ context, token, claims, options }) =>
    internal.signedInAuthObject(context, token, claims).getToken(options),
  stripPrivateDataFromObject: ({ object }) => internal.stripPrivateDataFromObject(object),
  createRedirect: ({ options, call, args }) => {
    const redirect = internal.createRedirect({ ...options, redirectAdapter: url => url });
    return args ? redirect[call](args) : redirect[call]();
  },
  createClerkRequest: ({ url, headers }, result) => {
    const request = makeRequest({ url, headers }, result);
    if (!request) return null;
    const clerk = internal.createClerkRequest(request);
    return { url: clerk.url, clerk_url: clerk.clerkUrl.href, origin: clerk.clerkUrl.origin, cookies: [...clerk.cookies] };
  },
  match: ({ patterns, paths }) => {
    const matcher = match(patterns);
    return paths.map(path => {
      const found = matcher(path);
      return found && { path: found.path, index: found.index, params: { ...found.params } };
    });
  },
  createPathMatcher: ({ patterns, paths }) => {
    const matcher = createPathMatcher(patterns);
    return paths.map(path => {
      try {
        return matcher(path);
      } catch (error) {
        return { err: encodeError(error) };
      }
    });
  },
  normalizePath: ({ path }) => normalizePath(path),
  parsePublishableKey: ({ key, options }) => keys.parsePublishableKey(key, options),
  isPublishableKey: ({ key }) => keys.isPublishableKey(key),
  isDevelopmentFromPublishableKey: ({ key }) => keys.isDevelopmentFromPublishableKey(key),
  isProductionFromPublishableKey: ({ key }) => keys.isProductionFromPublishableKey(key),
  isDevelopmentFromSecretKey: ({ key }) => keys.isDevelopmentFromSecretKey(key),
  isProductionFromSecretKey: ({ key }) => keys.isProductionFromSecretKey(key),
  getCookieSuffix: async ({ key }) => {
    const suffix = await keys.getCookieSuffix(key, globalThis.crypto.subtle);
    return { suffix, session: keys.getSuffixedCookieName('__session', suffix) };
  },
  apiUrlFromPublishableKey: ({ key }) => apiUrlFromPublishableKey(key),
  buildAccountsBaseUrl: ({ frontend_api }) => buildAccountsBaseUrl(frontend_api),
  buildPublishableKey: ({ frontend_api }) => keys.buildPublishableKey(frontend_api),
  publishableKeyFromHost: ({ host, fallback_key }) => keys.publishableKeyFromHost(host, fallback_key),
  isLegacyDevAccountPortalOrigin: ({ host }) => isLegacyDevAccountPortalOrigin(host),
  isCurrentDevAccountPortalOrigin: ({ host }) => isCurrentDevAccountPortalOrigin(host),
  isDevOrStagingUrl: ({ url }) => keys.createDevOrStagingUrlCache().isDevOrStagingUrl(url),
  getAutoProxyUrlFromEnvironment: given => getAutoProxyUrlFromEnvironment(given),
  verifyWebhook: ({ signing_secret, headers, body, body_base64 }, result) => {
    let request;
    try {
      request = new Request('https://app.example.com/webhooks', {
        method: 'POST',
        headers,
        body: body_base64 === undefined ? body : Buffer.from(body_base64, 'base64'),
      });
    } catch (error) {
      result.skip = error.message;
      return null;
    }
    return verifyWebhook(request, signing_secret === undefined ? {} : { signingSecret: signing_secret });
  },
};
