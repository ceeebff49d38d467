const SCHEME = /^([A-Za-z][\w+.-]*):/;
/** Signs that Go takes in a host as they are, percent-encoded bytes beyond ASCII, and whatever is beyond ASCII. */
const HOST = /^(?:[\w.~!$&'()*+,;=:[\]<>"-]|%[89A-Fa-f][\dA-Fa-f]|[^\0-\x7f])*$/u;
const USER_INFO = /^(?:[\w.:~!$&'()*+,;=@-]|%[\dA-Fa-f]{2})*$/u;
const PATH = /^(?:[^%]|%[\dA-Fa-f]{2})*$/u;

/**
 * Whether a text is a `uri` to go-openapi: what Go's `url.ParseRequestURI` takes, an absolute URI or an absolute path. Query and
 * fragment may be anything.
 */
export function isRequestUri(text: string): boolean {
  if (/[\0-\x1f\x7f]/.test(text)) return false;
  const [uri = ''] = text.split(/[?#]/, 1);
  const scheme = SCHEME.exec(uri)?.[0] ?? '';
  const rest = uri.slice(scheme.length);
  if (!rest.startsWith('/')) return scheme !== '' || uri === '*';
  return scheme !== '' && rest.startsWith('//') ? isHierarchical(rest.slice(2)) : PATH.test(rest);
}

/** What follows the two slashes: an authority, and maybe a path. */
function isHierarchical(rest: string): boolean {
  const slash = rest.indexOf('/');
  if (slash === -1) return isAuthority(rest);
  return isAuthority(rest.slice(0, slash)) && PATH.test(rest.slice(slash));
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  return USER_INFO.test(authority.slice(0, Math.max(at, 0))) && HOST.test(host) && isHostWithPort(host);
}

function isHostWithPort(host: string): boolean {
  if (host.startsWith('[')) return /^\[.*\](?::\d*)?$/.test(host);
  const colon = host.lastIndexOf(':');
  return colon === -1 || /^\d*$/.test(host.slice(colon + 1));
}
