import { readFile, stat } from 'node:fs/promises';

/** The text of a file, read again when the file has changed, as rotated secrets and certificates do. */
export class FileText {
  readonly #path: string;
  #version = '';
  #text = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The text as it is. @throws Error of the file system, which names the path alone */
  async read(): Promise<string> {
    const { mtimeMs, size, ino } = await stat(this.#path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version !== this.#version) {
      this.#text = await readFile(this.#path, 'utf8');
      this.#version = version;
    }
    return this.#text;
  }
}
