import { hashOfText } from '../labels/xxh64.ts';

/**
 * Which of several instances owns a group (rendezvous hashing, SPEC.md, C3): when one goes, its groups alone go to others, and
 * evenly. `undefined` where there is none.
 *
 * @param names of the instances, each once
 */
export function ownerOf(groupId: string, names: readonly string[]): string | undefined {
  let owner: { readonly name: string; readonly rank: bigint } | undefined;
  for (const name of names) {
    const rank = hashOfText(`${name}\u0000${groupId}`);
    if (owner === undefined || rank > owner.rank) owner = { name, rank };
  }
  return owner?.name;
}
