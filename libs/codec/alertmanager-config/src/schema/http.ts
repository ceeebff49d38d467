import { anyValue, type AnyValue } from '../yaml/any-value.ts';
import { mapOf, optionalStruct, textMap, texts } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { type Type } from '../yaml/type.ts';
import { headers, refuseReservedHeaders } from './headers.ts';
import { proxyUrl, secret, secretLists } from './values.ts';
import { countGiven } from './given.ts';
import { tlsConfig } from './tls.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SIGNATURES: ReadonlySet<string> = new Set(['RS256', 'RS384', 'RS512']);
const ONE_OF_AUTH = 'at most one of basic_auth, oauth2 & authorization must be configured';

const proxyFields = {
  proxy_url: given(proxyUrl),
  no_proxy: given(text),
  proxy_from_environment: given(flag),
  proxy_connect_header: given(secretLists),
};

const basicAuth = struct({
  name: 'basic_auth',
  fields: {
    username: given(text),
    username_file: given(text),
    username_ref: given(text),
    password: given(secret),
    password_file: given(text),
    password_ref: given(text),
  },
});

const authorization = struct({
  name: 'authorization',
  fields: {
    type: given(text),
    credentials: given(secret),
    credentials_file: given(text),
    credentials_ref: given(text),
  },
});

/** What goes into a token: of any shape, by name. */
const claims: Type<ReadonlyMap<string, AnyValue>> = mapOf(anyValue);

const oauth2 = struct({
  name: 'oauth2',
  fields: {
    client_id: given(text),
    client_secret: given(secret),
    client_secret_file: given(text),
    client_secret_ref: given(text),
    client_certificate_key_id: given(text),
    client_certificate_key: given(secret),
    client_certificate_key_file: given(text),
    client_certificate_key_ref: given(text),
    grant_type: given(text),
    signature_algorithm: given(text),
    iss: given(text),
    audience: given(text),
    claims: given(claims),
    scopes: given(texts),
    token_url: given(text),
    endpoint_params: given(textMap),
    tls_config: given(tlsConfig),
    ...proxyFields,
  },
  finish: (value, refuse) => {
    checkProxy(value, refuse);
    return value;
  },
});

const httpFields = {
  basic_auth: given(optionalStruct(basicAuth)),
  authorization: given(optionalStruct(authorization)),
  oauth2: given(optionalStruct(oauth2)),
  bearer_token: given(secret),
  bearer_token_file: given(text),
  tls_config: given(tlsConfig),
  follow_redirects: always(flag),
  enable_http2: always(flag),
  ...proxyFields,
  http_headers: given(headers),
};

/** How to speak HTTP to a receiver. */
export type HttpConfig = StructOf<typeof httpFields>;

/** `http_config`. */
export const httpConfig = struct({
  name: 'http_config',
  fields: httpFields,
  defaults: { follow_redirects: true, enable_http2: true },
  finish: (value, refuse) => {
    checkBearer(value, refuse);
    if (value.basic_auth !== undefined) checkBasicAuth(value.basic_auth, refuse);
    checkAuthorization(value, refuse);
    if (value.oauth2 !== undefined) checkOAuth2(value.oauth2, refuse);
    checkProxy(value, refuse);
    refuseReservedHeaders(value.http_headers, refuse);
    return withAuthorization(value);
  },
});

/** How HTTP is spoken where nothing is said. */
export function defaultHttpConfig(): HttpConfig {
  return httpConfig.initial();
}

function checkBearer(value: HttpConfig, refuse: Refuse): void {
  const given = countGiven(value.bearer_token, value.bearer_token_file);
  if (given > 1) refuse('at most one of bearer_token & bearer_token_file must be configured', 'bearer_token');
  if (given === 0 || (value.basic_auth === undefined && value.oauth2 === undefined)) return;
  refuse('at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured');
}

function checkBasicAuth(value: StructOf<(typeof basicAuth)['fields']>, refuse: Refuse): void {
  if (countGiven(value.username, value.username_file, value.username_ref) > 1) {
    refuse('at most one of basic_auth username, username_file & username_ref must be configured', 'basic_auth');
  }
  if (countGiven(value.password, value.password_file, value.password_ref) > 1) {
    refuse('at most one of basic_auth password, password_file & password_ref must be configured', 'basic_auth');
  }
}

function checkAuthorization(value: HttpConfig, refuse: Refuse): void {
  const { authorization: own, basic_auth: basic, oauth2: tokens } = value;
  if (basic !== undefined && tokens !== undefined) refuse(ONE_OF_AUTH);
  if (own === undefined) return;
  if (countGiven(value.bearer_token, value.bearer_token_file) > 0) {
    refuse('authorization is not compatible with bearer_token & bearer_token_file', 'authorization');
  }
  if (countGiven(own.credentials, own.credentials_file, own.credentials_ref) > 1) {
    refuse('at most one of authorization credentials & credentials_file must be configured', 'authorization');
  }
  if (own.type.trim().toLowerCase() === 'basic') {
    refuse('authorization type cannot be set to "basic", use "basic_auth" instead', 'authorization');
  }
  if (basic !== undefined || tokens !== undefined) refuse(ONE_OF_AUTH, 'authorization');
}

function checkOAuth2(value: StructOf<(typeof oauth2)['fields']>, refuse: Refuse): void {
  if (value.client_id === '') refuse('oauth2 client_id must be configured', 'oauth2');
  if (value.token_url === '') refuse('oauth2 token_url must be configured', 'oauth2');
  if (value.grant_type === JWT_BEARER) {
    const { client_certificate_key: key, client_certificate_key_file: file, client_certificate_key_ref: ref } = value;
    if (countGiven(key, file, ref) > 1) {
      refuse(
        `at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must be configured using grant-type=${JWT_BEARER}`,
        'oauth2',
      );
    }
    if (value.signature_algorithm !== '' && !SIGNATURES.has(value.signature_algorithm)) {
      refuse('valid signature algorithms are RS256, RS384 and RS512', 'oauth2');
    }
  } else if (countGiven(value.client_secret, value.client_secret_file, value.client_secret_ref) > 1) {
    refuse(
      'at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials',
      'oauth2',
    );
  }
}

function checkProxy(value: StructOf<typeof proxyFields>, refuse: Refuse): void {
  const { proxy_url: url, proxy_from_environment: fromEnvironment, no_proxy: no, proxy_connect_header: header } = value;
  if (header.size > 0 && !fromEnvironment && url === undefined) {
    refuse(
      'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured',
      'proxy_connect_header',
    );
  }
  if (fromEnvironment && url !== undefined) {
    refuse('if proxy_from_environment is configured, proxy_url must not be configured', 'proxy_url');
  }
  if (no === '' || (!fromEnvironment && url !== undefined)) return;
  if (fromEnvironment) refuse('if proxy_from_environment is configured, no_proxy must not be configured', 'no_proxy');
  else refuse('if no_proxy is configured, proxy_url must also be configured', 'no_proxy');
}

/** A type where none is given; a bearer token becomes the authorization it stands for. */
function withAuthorization(value: HttpConfig): HttpConfig {
  const own = value.authorization;
  if (own !== undefined) {
    const type = own.type.trim();
    return { ...value, authorization: { ...own, type: type === '' ? 'Bearer' : type } };
  }
  if (countGiven(value.bearer_token, value.bearer_token_file) === 0) return value;
  const credentials = value.bearer_token;
  const bearer = { ...authorization.zero(), type: 'Bearer', credentials, credentials_file: value.bearer_token_file };
  return { ...value, authorization: bearer, bearer_token: secret.zero(), bearer_token_file: '' };
}
