import { readFile, stat } from 'node:fs/promises';

/** A secret in a file, read again when the file has changed, as rotated ones do. */
export class SecretFile {
  readonly #path: string;
  #version = '';
  #secret = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The content without white space around it. @throws Error of the file system, which names the path alone */
  async read(): Promise<string> {
    const { mtimeMs, size, ino } = await stat(this.#path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version !== this.#version) {
      this.#secret = (await readFile(this.#path, 'utf8')).trim();
      this.#version = version;
    }
    return this.#secret;
  }
}
