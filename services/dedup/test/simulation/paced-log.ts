import { setImmediate as nextTurn } from 'node:timers/promises';

import { type ReadRequest, type RecordBatch } from '@tandem/stream';

import { SimulatedLog, type ClientOptions, type SimulatedStorage } from '../simulated-log.ts';

/** How many turns of the event loop the batches of a read take, in turn. */
export interface Pace {
  /** Of the records that are to be processed. */
  readonly work: readonly [number, ...number[]];
  /** Of what is read beside them: take-over, seams, look-backs. */
  readonly beside: readonly [number, ...number[]];
}

/** A log whose reads take their time, so that what is read beside the work meets it now here, now there. */
export class PacedLog extends SimulatedLog {
  readonly #pace: Pace;

  constructor(storage: SimulatedStorage, options: ClientOptions & { readonly pace: Pace }) {
    super(storage, options);
    this.#pace = options.pace;
  }

  override async *read(request: ReadRequest): AsyncIterable<RecordBatch> {
    const turns = request.until === undefined ? this.#pace.work : this.#pace.beside;
    let n = 0;
    for await (const batch of super.read(request)) {
      for (let left = turns[n++ % turns.length] ?? 0; left > 0; left--) await nextTurn();
      yield batch;
    }
  }
}
