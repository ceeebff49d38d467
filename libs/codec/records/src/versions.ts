/** The version written into every record of ours: its headers, or the schema of its value. */
export const RECORD_VERSION = 1;

/** Whether a reader of this build takes a record of that version: its own and the ones beside it. */
export function isReadableVersion(version: number): boolean {
  return Math.abs(version - RECORD_VERSION) <= 1;
}
