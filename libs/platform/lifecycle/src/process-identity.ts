import { readFileSync, readlinkSync } from 'node:fs';

/** Tells a process from every other one, before and after restarts, as far as the system lets us. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Boot and pid namespace: pids of another one say nothing. Empty where the system has no such names. */
  readonly scope: string;
  /** When the process began, in clock ticks since boot; pids are used again. Empty where unknown. */
  readonly began: string;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, scope: scope(), began: beganAt(process.pid) ?? '' };
}

/** Whether a process is known to have ended. `false` says nothing: it may run, or not be visible from here. */
export function hasEnded(other: ProcessIdentity): boolean {
  return isSameScope(other) && beganAt(other.pid) !== other.began;
}

/** Whether {@link hasEnded} can tell of this process at all. */
export function isSameScope(other: ProcessIdentity): boolean {
  return other.scope !== '' && other.scope === scope();
}

let ownScope: string | undefined;

function scope(): string {
  ownScope ??= readScope();
  return ownScope;
}

function readScope(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)), counted behind the command, which may hold spaces and brackets. */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
