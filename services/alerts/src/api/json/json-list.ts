import { Buffer } from 'node:buffer';

/** Characters kept as text. What is joined of many pieces keeps every piece alive until it is bytes. */
const CHUNK_LENGTH = 65_536;

/** A list as a JSON document, written item by item: bytes soon, so that long ones cost no more than their bytes. */
export class JsonList {
  readonly #chunks: Buffer[] = [];
  #pending = '[';
  #separator = '';

  /** @param json of an item */
  add(json: string): void {
    this.#pending += this.#separator + json;
    this.#separator = ',';
    if (this.#pending.length >= CHUNK_LENGTH) this.#write();
  }

  /** The document, which ends with a newline as Go's encoder has it. */
  end(): Buffer {
    this.#pending += ']\n';
    this.#write();
    return Buffer.concat(this.#chunks);
  }

  #write(): void {
    this.#chunks.push(Buffer.from(this.#pending, 'utf8'));
    this.#pending = '';
  }
}
