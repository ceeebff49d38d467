import { ERROR_CATALOGUE, isErrorCode, type ErrorCategory } from './catalogue.ts';

/** The bounded label of an error in metrics: a category of the catalogue, or what the platform's errors come down to. */
export type ErrorClass = ErrorCategory | 'timeout' | 'network' | 'storage' | 'aborted' | 'unknown';

/** Every label `classify` can give, so that series can be created at zero. */
export const ERROR_CLASSES = [
  'input',
  'config',
  'unavailable',
  'limit',
  'conflict',
  'state',
  'timeout',
  'network',
  'storage',
  'aborted',
  'unknown',
] as const satisfies readonly ErrorClass[];

const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ENOTCONN',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
];
const TIMEOUT = [
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
];
const STORAGE = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EISDIR'];
const ABORTED = ['ABORT_ERR', 'ERR_CANCELED', 'UND_ERR_ABORTED', 'ERR_STREAM_PREMATURE_CLOSE'];

const BY_CODE: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ...NETWORK.map((code) => [code, 'network'] as const),
  ...TIMEOUT.map((code) => [code, 'timeout'] as const),
  ...STORAGE.map((code) => [code, 'storage'] as const),
  ...ABORTED.map((code) => [code, 'aborted'] as const),
]);

/** Deep enough for any honest chain, short enough for one that bites its tail. */
const MAX_DEPTH = 8;

/**
 * Maps any thrown value to a bounded label, by structure (so errors of any layer and of duplicated packages work):
 * a code of the catalogue, a system or client code, the name of an abort or timeout, then the same of its causes, the
 * first that says something. Never throws.
 */
export function classify(error: unknown): ErrorClass {
  let current = error;
  let retryable = false;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const found = classifyOne(current);
    if (found !== undefined) return found;
    retryable ||= read(current, 'retryable') === true || read(current, 'retriable') === true;
    current = firstOf(current);
  }
  return retryable ? 'unavailable' : 'unknown';
}

function classifyOne(error: object): ErrorClass | undefined {
  const code = read(error, 'code');
  if (isErrorCode(code)) return ERROR_CATALOGUE[code].category;
  const known = typeof code === 'string' ? BY_CODE.get(code) : undefined;
  if (known !== undefined) return known;
  const name = read(error, 'name');
  if (name === 'AbortError') return 'aborted';
  if (typeof name === 'string' && /Timeout(?:Error)?$/u.test(name)) return 'timeout';
  return undefined;
}

/** The cause, or the first member of an aggregate (Node wraps the attempts on several addresses in one). */
function firstOf(error: object): unknown {
  const cause = read(error, 'cause');
  if (cause !== undefined) return cause;
  const errors = read(error, 'errors');
  return Array.isArray(errors) ? errors[0] : undefined;
}

/** Reads a property of anything: a getter that throws reads as absent. */
function read(value: object, property: string): unknown {
  try {
    return Reflect.get(value, property);
  } catch {
    return undefined;
  }
}
