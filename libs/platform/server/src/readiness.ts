import { describeError } from '@tandem/errors';

import { type HttpResponse, type ReadinessCheck } from './http.ts';

/** Asks every check at once and says which of them are not ready. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  /** 200, or 503 with a line `name: reason` for each check that is not ready. */
  async answer(): Promise<HttpResponse> {
    const checks = [...this.#checks].map(async ([name, check]) => {
      const reason = await this.#ask(check);
      return reason === undefined ? '' : `${name}: ${reason}\n`;
    });
    const reasons = (await Promise.all(checks)).join('');
    if (reasons === '') return { status: 200, body: 'Tandem is ready.\n' };
    return { status: 503, body: `Tandem is not ready.\n${reasons}` };
  }

  async #ask(check: ReadinessCheck): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${this.#timeoutMs} ms`), this.#timeoutMs);
    });
    try {
      return await Promise.race([check(), late]);
    } catch (error) {
      return describeError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
