import { type Failure } from '../problem.ts';
import { type Protocol } from '../protocol.ts';
import { DATA, Machine } from './machine.ts';
import { guard, Invalid } from './invalid.ts';

/** The machine that is kept, and what it is in use for. */
let shared: Machine | undefined;
let lent: Uint8Array | undefined;
let walking = false;

/**
 * Inflates a block that {@link Machine.fits} for the time of a call. What the machine that is kept is in use for already
 * is not disturbed: there is another one then.
 *
 * @returns `undefined` when the block is corrupt, or there is no memory for a machine
 */
export function lendInflated<T>(
  block: Uint8Array,
  length: number,
  use: (data: Uint8Array) => T,
): { readonly value: T } | undefined {
  if (lent !== undefined || walking) {
    const data = makeMachine()?.inflate(block, length);
    return data === undefined ? undefined : { value: use(data) };
  }
  shared ??= makeMachine();
  const data = shared?.inflate(block, length);
  if (data === undefined) return undefined;
  lent = data;
  try {
    return { value: use(data) };
  } finally {
    lent = undefined;
  }
}

function makeMachine(): Machine | undefined {
  try {
    return new Machine();
  } catch (error) {
    if (error instanceof Invalid) return undefined;
    throw error;
  }
}

/** A request in a machine's memory. */
export interface Placed {
  readonly machine: Machine;
  /** Whether it is where its owner has it, and not a copy. */
  readonly inPlace: boolean;
}

/** Runs a walk over a request, in place where the request is in the machine's memory; its problems become failures. */
export function onMachine<T>(protocol: Protocol, data: Uint8Array, use: (placed: Placed) => T): T | Failure {
  return guard(() => {
    const placed = place(protocol, data);
    const isShared = placed.machine === shared;
    if (isShared) walking = true;
    try {
      return use(placed);
    } catch (error) {
      throw placed.machine.problemOf(error);
    } finally {
      if (isShared) walking = false;
    }
  });
}

function place(protocol: Protocol, data: Uint8Array): Placed {
  if (!walking && isLent(data) && shared?.hasRoom(protocol, data.length) === true) {
    return { machine: shared, inPlace: true };
  }
  if (!walking && lent === undefined && data.length <= DATA) {
    shared ??= new Machine();
    shared.put(data);
    if (shared.hasRoom(protocol, data.length)) return { machine: shared, inPlace: false };
  }
  const machine = new Machine(data.length);
  machine.put(data);
  machine.makeRoom(protocol, data.length);
  return { machine, inPlace: false };
}

function isLent(data: Uint8Array): boolean {
  return lent?.buffer === data.buffer && lent.byteOffset === data.byteOffset && lent.length === data.length;
}
