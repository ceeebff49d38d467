import { acquireBinary, type Program } from '../launch/binary.ts';
import { freePort, httpOk } from '../launch/ports.ts';
import { type LaunchedProcess, launch, runToEnd } from '../launch/process.ts';
import { type TempDir, tempDir } from '../launch/temp-dir.ts';

/** A program of others, running beside ours. */
export interface Peer {
  readonly process: LaunchedProcess;
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** As the program says it: `3.14.0`. */
  readonly version: string;
  /** The command line, for reports. */
  readonly flags: readonly string[];
  /** Where it keeps its data. */
  readonly dir: string;
  /** Ends it and removes its directory, when it was made for it. Idempotent. */
  stop(): Promise<void>;
}

/** What all launchers of peers take. */
export interface PeerOptions {
  /** Short, for messages; default the program's name. */
  readonly name?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Where it keeps its data; default a temporary directory, removed by `stop`. */
  readonly dir?: string;
  /** Whether to run the distribution's version, even where `TANDEM_PEERS` has another one. Default false. */
  readonly packaged?: boolean;
  /** Added to the command line. */
  readonly flags?: readonly string[];
}

/** How a kind of peer is run. */
export interface PeerKind {
  readonly program: Program;
  /** Its own flags: address, data directory. */
  readonly flags: (at: { readonly port: number; readonly dir: string }) => readonly string[];
  /** Answers 200 when it is ready. */
  readonly readyPath: string;
  /** Writes what it needs before it starts. */
  readonly prepare?: (at: { readonly port: number; readonly dir: string }) => Promise<void>;
}

/** Gets a peer's program, starts it and waits until it is ready. */
export async function launchPeer(kind: PeerKind, options: PeerOptions): Promise<Peer> {
  const command = await acquireBinary({ ...kind.program, packaged: options.packaged ?? false });
  const version = await programVersion(command, kind.program.debianPackage);
  const port = options.port ?? (await freePort());
  const name = options.name ?? kind.program.binary;
  const own: TempDir | undefined = options.dir === undefined ? tempDir(kind.program.binary) : undefined;
  const dir = options.dir ?? own?.path ?? '';
  const url = `http://127.0.0.1:${port}`;
  await kind.prepare?.({ port, dir });
  const flags = [...kind.flags({ port, dir }), ...(options.flags ?? [])];
  const ready = () => httpOk(url + kind.readyPath);
  const process = await launch({ name, command, args: flags, cwd: dir, ready, readyTimeoutMs: 60_000 });
  const stop = async () => {
    await process.stop();
    await own?.remove();
  };
  return { process, url, port, version, flags, dir, stop };
}

/**
 * A program's version: the first `1.2.3` of what it says to `--version`, or of its package's version (Debian builds
 * VictoriaMetrics without one).
 */
export async function programVersion(command: string, debianPackage?: string): Promise<string> {
  const said = await runToEnd({ name: command, command, args: ['--version'], timeoutMs: 20_000 });
  const version = firstVersion(said.output);
  if (version !== undefined) return version;
  if (debianPackage !== undefined) {
    const args = ['-W', '-f=${Version}', debianPackage];
    const packaged = firstVersion((await runToEnd({ name: 'dpkg-query', command: 'dpkg-query', args })).output);
    if (packaged !== undefined) return packaged;
  }
  throw new Error(`cannot tell the version of ${command} from "${said.output.trim()}"`);
}

function firstVersion(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}
