import { spawn } from 'node:child_process';
import { type Writable } from 'node:stream';

/*
 * Ends what a test process leaves behind: processes still running and temporary directories. Exit handlers are no help
 * (Jest does not run those of a test file, and nobody runs them after SIGKILL), so a small shell waits for the end of
 * its standard input, which comes however the test process ends.
 */
const SCRIPT = `
trap '' INT TERM HUP
pids= dirs=
without() { out=; for x in $1; do [ "$x" = "$2" ] || out="$out $x"; done; }
while read -r op arg; do
  case $op in
    +pid) pids="$pids $arg" ;;
    -pid) without "$pids" "$arg"; pids=$out ;;
    +dir) dirs="$dirs $arg" ;;
    -dir) without "$dirs" "$arg"; dirs=$out ;;
  esac
done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
for dir in $dirs; do rm -rf "$dir" || { sleep 0.2; rm -rf "$dir"; }; done
`;

let reaper: Writable | undefined;

function tell(line: string): void {
  reaper ??= start();
  reaper.write(`${line}\n`);
}

function start(): Writable {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  // The pipe must not keep this process alive either; it is a socket, whatever its type says.
  (child.stdin as Writable & { unref?: () => void }).unref?.();
  return child.stdin;
}

/** From now on this process is ended, at the latest, when the test process ends. */
export function reapProcess(pid: number): void {
  tell(`+pid ${pid}`);
}

/** The process has ended by itself. */
export function spareProcess(pid: number): void {
  tell(`-pid ${pid}`);
}

/** From now on this directory is removed, at the latest, when the test process ends. No spaces in the path. */
export function reapDirectory(path: string): void {
  tell(`+dir ${path}`);
}

/** The directory is gone, or is to be kept. */
export function spareDirectory(path: string): void {
  tell(`-dir ${path}`);
}
