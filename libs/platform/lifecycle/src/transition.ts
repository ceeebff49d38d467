/** Where a process is in its life. */
export type AppState = 'initialised' | 'starting' | 'running' | 'draining' | 'stopped' | 'failed';

/** Every state. */
export const APP_STATES = [
  'initialised',
  'starting',
  'running',
  'draining',
  'stopped',
  'failed',
] as const satisfies readonly AppState[];

/**
 * What happens to it: `start` and `stop` are asked for; `started`: every component is; `fault`: a component failed,
 * while starting or later; `drained`: every component that was started has been stopped.
 */
export type AppEvent = 'start' | 'started' | 'stop' | 'fault' | 'drained';

/** Every event. */
export const APP_EVENTS = ['start', 'started', 'stop', 'fault', 'drained'] as const satisfies readonly AppEvent[];

/** What a state makes of an event: the next state, `ignored` (nothing to do), or `refused` (a misuse). */
export type Transition = AppState | 'ignored' | 'refused';

/**
 * The table of SPEC.md. A fault while something is started leads through `draining` to `failed`: `drained` ends in
 * `failed` when there was a fault, which the caller tells.
 */
const TABLE: Readonly<Record<AppState, Readonly<Record<AppEvent, Transition>>>> = {
  initialised: { start: 'starting', started: 'refused', stop: 'stopped', fault: 'failed', drained: 'refused' },
  starting: { start: 'ignored', started: 'running', stop: 'draining', fault: 'draining', drained: 'refused' },
  running: { start: 'ignored', started: 'refused', stop: 'draining', fault: 'draining', drained: 'refused' },
  draining: { start: 'refused', started: 'ignored', stop: 'ignored', fault: 'ignored', drained: 'stopped' },
  stopped: { start: 'refused', started: 'refused', stop: 'ignored', fault: 'ignored', drained: 'refused' },
  failed: { start: 'refused', started: 'refused', stop: 'ignored', fault: 'ignored', drained: 'refused' },
};

/** What a state makes of an event. `faulted`: whether a fault was seen, now or earlier. */
export function transition(state: AppState, event: AppEvent, faulted = false): Transition {
  const next = TABLE[state][event];
  return event === 'drained' && next === 'stopped' && faulted ? 'failed' : next;
}
