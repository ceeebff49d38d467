import { type Environment } from './proxy-rule.ts';
import { type Redactor } from './redactor.ts';

/** What the parts of a client share. */
export interface ClientContext {
  readonly userAgent: string;
  readonly environment: Environment;
  /** Learns every secret that is sent. */
  readonly redactor: Redactor;
  /** Wall clock, Unix ms: when tokens end. */
  readonly now: () => number;
}
