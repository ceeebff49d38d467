import { StringDecoder } from 'node:string_decoder';
import { type Readable } from 'node:stream';

/** The newest output of a process, bounded: standard output and error, in the order they came. */
export class Output {
  readonly #maxChars: number;
  readonly #listeners = new Set<(line: string) => void>();
  #text = '';
  #mark = 0;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Takes everything a stream gives until it ends. */
  attach(stream: Readable): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#add(line);
    });
    stream.on('end', () => {
      if (rest !== '') this.#add(rest);
    });
  }

  #add(line: string): void {
    this.#text += `${line}\n`;
    const excess = this.#text.length - this.#maxChars;
    // Twice the room before anything is cut, so that cutting is rare.
    if (excess > this.#maxChars) {
      this.#text = this.#text.slice(excess);
      this.#mark = Math.max(0, this.#mark - excess);
    }
    for (const listener of [...this.#listeners]) listener(line);
  }

  /** Everything kept. */
  get text(): string {
    return this.#text;
  }

  /** From here on a new run writes. */
  mark(): void {
    this.#mark = this.#text.length;
  }

  /** Forgets what came so far. */
  clear(): void {
    this.#text = '';
    this.#mark = 0;
  }

  /** What the present run wrote. */
  get sinceMark(): string {
    return this.#text.slice(this.#mark);
  }

  /** The last lines, to show when something fails. */
  tail(lines = 30): string {
    return this.#text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Calls back with every whole line from now on; returns the way to stop it. */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
