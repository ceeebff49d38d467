import { Buffer } from 'node:buffer';

import { failure, success, type Outcome } from '@tandem/alerting';

/** A URL as Go's `net/url` reads and writes it: not what browsers make of one. */
export interface GoUrl {
  readonly scheme: string;
  /** What stands behind the scheme where no `/` does: `mailto:` has it. */
  readonly opaque: string;
  readonly user: GoUserinfo | undefined;
  /** With the port. */
  readonly host: string;
  /** Unescaped. */
  readonly path: string;
  /** As it was written, where that is not how `path` would be. */
  readonly rawPath: string;
  /** Behind `?`; `undefined` where there is none. */
  readonly query: string | undefined;
  readonly fragment: string;
}

/** Who logs on. */
export interface GoUserinfo {
  readonly name: string;
  readonly password: string | undefined;
}

/** A piece of a URL; each escapes other signs. */
type Piece = 'path' | 'user' | 'host' | 'fragment';

/** Signs that stand as they are, beside letters, digits and `-_.~`. */
const UNESCAPED: Readonly<Record<Piece, string>> = {
  path: '$&+,/:;=@',
  user: '$&+,;=',
  host: `!$&'()*+,;=:[]<>"`,
  fragment: '$&+,/:;=?@!()*',
};

/** Reads a URL. The error says what is wrong, without the URL: it may hold a secret. */
export function parseGoUrl(text: string): Outcome<GoUrl> {
  if (/[\u0000-\u001f\u007f]/u.test(text)) return failure('net/url: invalid control character in URL');
  const [beforeFragment = '', ...fragments] = text.split('#');
  const fragment = unescapePiece(fragments.join('#'), 'fragment');
  if (!fragment.ok) return fragment;
  const scheme = schemeOf(beforeFragment);
  if (!scheme.ok) return scheme;
  const behind = scheme.value === '' ? beforeFragment : beforeFragment.slice(scheme.value.length + 1);
  const mark = behind.indexOf('?');
  const query = mark === -1 ? undefined : behind.slice(mark + 1);
  const rest = mark === -1 ? behind : behind.slice(0, mark);
  const located = locate(scheme.value, rest);
  if (!located.ok) return located;
  return success({ ...located.value, scheme: scheme.value.toLowerCase(), query, fragment: fragment.value });
}

function schemeOf(text: string): Outcome<string> {
  if (text.startsWith(':')) return failure('missing protocol scheme');
  return success(/^([A-Za-z][\w.+-]*):/.exec(text)?.[1]?.replace(/^.*_.*$/u, '') ?? '');
}

type Located = Pick<GoUrl, 'opaque' | 'user' | 'host' | 'path' | 'rawPath'>;

function locate(scheme: string, rest: string): Outcome<Located> {
  const nothing: Located = { opaque: '', user: undefined, host: '', path: '', rawPath: '' };
  if (!rest.startsWith('/') && scheme !== '') return success({ ...nothing, opaque: rest });
  if (/^[^/]*:/u.test(rest)) return failure('first path segment in URL cannot contain colon');
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return withPath(nothing, rest);
  return withAuthority(nothing, rest);
}

function withAuthority(nothing: Located, rest: string): Outcome<Located> {
  const slash = rest.indexOf('/', 2);
  const authority = slash === -1 ? rest.slice(2) : rest.slice(2, slash);
  const at = authority.lastIndexOf('@');
  const host = hostOf(authority.slice(at + 1));
  if (!host.ok) return host;
  const user = at === -1 ? success(undefined) : userOf(authority.slice(0, at));
  if (!user.ok) return user;
  return withPath({ ...nothing, host: host.value, user: user.value }, slash === -1 ? '' : rest.slice(slash));
}

function withPath(located: Located, raw: string): Outcome<Located> {
  const path = unescapePiece(raw, 'path');
  if (!path.ok) return path;
  return success({ ...located, path: path.value, rawPath: escapePiece(path.value, 'path') === raw ? '' : raw });
}

function userOf(text: string): Outcome<GoUserinfo> {
  if (!/^[\w\-.:~!$&'()*+,;=%@]*$/.test(text)) return failure('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  const name = unescapePiece(colon === -1 ? text : text.slice(0, colon), 'user');
  if (!name.ok) return name;
  if (colon === -1) return success({ name: name.value, password: undefined });
  const password = unescapePiece(text.slice(colon + 1), 'user');
  return password.ok ? success({ name: name.value, password: password.value }) : password;
}

function hostOf(text: string): Outcome<string> {
  const bracket = text.lastIndexOf(']');
  if (text.startsWith('[') && bracket === -1) return failure("missing ']' in host");
  const port = text.startsWith('[') ? text.slice(bracket + 1) : (/:[^:]*$/u.exec(text)?.[0] ?? '');
  if (port !== '' && !/^:\d*$/u.test(port)) return failure(`invalid port "${port}" after host`);
  return unescapePiece(text, 'host');
}

function unescapePiece(text: string, piece: Piece): Outcome<string> {
  const wrong = /%(?![\da-fA-F]{2}).{0,2}/u.exec(text);
  if (wrong !== null) return failure(`invalid URL escape "${wrong[0]}"`);
  if (piece === 'host') {
    // Of ASCII, a host escapes nothing but the sign before a zone.
    const escaped = /%(?!25)[0-7][\da-fA-F]/u.exec(text);
    if (escaped !== null) return failure(`invalid URL escape "${escaped[0]}"`);
    const invalid = /[^\w\-.~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/u.exec(text);
    if (invalid !== null) return failure(`invalid character "${invalid[0]}" in host name`);
  }
  const bytes = text.split(/(%[\da-fA-F]{2})/u).map((part, index) => {
    return index % 2 === 0 ? Buffer.from(part, 'utf8') : Buffer.from(part.slice(1), 'hex');
  });
  return success(Buffer.concat(bytes).toString('utf8'));
}

function escapePiece(text: string, piece: Piece): string {
  let escaped = '';
  for (const character of text) {
    const plain = /^[\w\-.~]$/.test(character) || UNESCAPED[piece].includes(character);
    escaped += plain ? character : percent(character);
  }
  return escaped;
}

function percent(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** A URL as Go writes it. */
export function formatGoUrl(url: GoUrl): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`;
  const authority =
    url.host !== '' || url.user !== undefined ? `//${userinfo(url.user)}${escapePiece(url.host, 'host')}` : '';
  const path = url.opaque === '' ? pathOf(url) : url.opaque;
  const slash = authority !== '' && path !== '' && !path.startsWith('/') ? '/' : '';
  const query = url.query === undefined ? '' : `?${url.query}`;
  const fragment = url.fragment === '' ? '' : `#${escapePiece(url.fragment, 'fragment')}`;
  return `${scheme}${authority}${slash}${path}${query}${fragment}`;
}

/** As it was written, as long as that means the path and holds nothing that must be escaped. */
function pathOf({ path, rawPath }: GoUrl): string {
  if (rawPath !== '' && /^(?:[\w\-.~!$&'()*+,;=:@/[\]]|%[\da-fA-F]{2})*$/.test(rawPath)) {
    const unescaped = unescapePiece(rawPath, 'path');
    if (unescaped.ok && unescaped.value === path) return rawPath;
  }
  return path === '*' ? '*' : escapePiece(path, 'path');
}

function userinfo(user: GoUserinfo | undefined): string {
  if (user === undefined) return '';
  const password = user.password === undefined ? '' : `:${escapePiece(user.password, 'user')}`;
  return `${escapePiece(user.name, 'user')}${password}@`;
}

/** A URL an integration may send to: http or https, with a host. */
export function parseHttpUrl(text: string): Outcome<GoUrl> {
  const url = parseGoUrl(text);
  if (!url.ok) return url;
  if (url.value.scheme !== 'http' && url.value.scheme !== 'https') {
    return failure(`unsupported scheme "${url.value.scheme}" for URL`);
  }
  return url.value.host === '' ? failure('missing host for URL') : url;
}
