import { Buffer } from 'node:buffer';

import { type DecisionPlace } from './index-row.ts';

const PLACE = /^(-?\d{1,16})\.(\d{1,9})\.(\d{1,16})$/u;

/** A place as clients are given it to go on from. */
export function encodeCursor({ timeMs, partition, offset }: DecisionPlace): string {
  return Buffer.from(`${timeMs}.${partition}.${offset}`).toString('base64url');
}

/** The place of a cursor; `undefined` where it is none. */
export function decodeCursor(cursor: string): DecisionPlace | undefined {
  const match = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) return undefined;
  const [timeMs = 0, partition = 0, offset = 0] = match.slice(1).map(Number);
  return { timeMs, partition, offset };
}
