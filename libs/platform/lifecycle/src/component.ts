/** A part of a process that is started and stopped: a service, a server, a connection. */
export interface Component {
  /** For log lines and errors. */
  readonly name: string;
  /**
   * Resolves when the component does its work. Called once at most. The signal aborts when the start is not wanted any
   * more (a stop was asked for, or the deadline passed): it then settles soon, one way or the other.
   */
  start(signal: AbortSignal): Promise<void> | void;
  /**
   * Ends the work, finishing what is under way, and releases everything. Called once at most, and only after `start`
   * was called; usually it has settled, but after its deadline `stop` comes all the same, so it copes with half a start.
   */
  stop(): Promise<void> | void;
  /** Longest time `start` may take, ms; default the app's. */
  readonly startDeadlineMs?: number;
  /** Longest time `stop` may take, ms; default the app's. */
  readonly stopDeadlineMs?: number;
}
