/** Wall-clock time in a zone. */
export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

/** `Local` is the zone of the process (`TZ`), as Go's. */
const LOCAL = 'Local';

/** A location of the IANA time zone database, `UTC`, or `Local`. */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  private constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    this.#format = format;
  }

  /** The zone of a name; `undefined` where there is none. Case counts, as it does for Go on most systems. */
  static of(name: string): TimeZone | undefined {
    if (name === LOCAL) return new TimeZone(LOCAL, formatOf(undefined));
    if (name === '' || name === 'UTC') return new TimeZone('UTC', formatOf('UTC'));
    if (!/^[A-Za-z]/.test(name) || differsInCase(name)) return undefined;
    try {
      return new TimeZone(name, formatOf(name));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** What a clock in the zone shows at a time (Unix ms). */
  wallTime(timeMs: number): WallTime {
    const parts = new Map(this.#format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    return { year, month, day, weekday, minute: part('hour') * 60 + part('minute') };
  }
}

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
}

/** Intl takes `europe/berlin`, which is nothing in a configuration that others read too. */
function differsInCase(name: string): boolean {
  const lower = name.toLowerCase();
  const known = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === lower);
  return known !== undefined && known !== name;
}
