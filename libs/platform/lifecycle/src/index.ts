export { App, type AppOptions, type StateListener, type StopReport } from './app.ts';
export { SYSTEM_CLOCK, type Clock } from './clock.ts';
export { type Component } from './component.ts';
export { hasEnded, isSameScope, thisProcess, type ProcessIdentity } from './process-identity.ts';
export { RELOAD_METRICS, Reloader, type Reloaded, type ReloaderOptions, type ReloadOutcome } from './reloader.ts';
export {
  EXIT_CODES,
  runUntilSignal,
  type HostProcess,
  type ProcessEvent,
  type RunOptions,
} from './run-until-signal.ts';
export { APP_EVENTS, APP_STATES, transition, type AppEvent, type AppState, type Transition } from './transition.ts';
export { Turnstile } from './turnstile.ts';
