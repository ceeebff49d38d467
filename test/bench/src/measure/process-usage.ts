import { readFile, writeFile } from 'node:fs/promises';

/** What a process has used since it began, all of its threads. Linux counts in ticks of 10 ms. */
export interface CpuUsage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** USER_HZ: what `/proc` counts in is fixed at 100 on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Reads the CPU time of a process from `/proc/<pid>/stat`.
 *
 * @throws {Error} when there is no such process, or no `/proc`
 */
export async function cpuOf(pid: number): Promise<CpuUsage> {
  return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** The CPU time in a line of `/proc/<pid>/stat`; the name in it may hold spaces and brackets. */
export function parseStat(line: string): CpuUsage {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // Fields 14 and 15 of proc(5), counted from 1; what is left here begins with field 3.
  return { userSeconds: ticks(fields[11]), systemSeconds: ticks(fields[12]) };
}

function ticks(field: string | undefined): number {
  return Number(field) / TICKS_PER_SECOND;
}

/** What was used between two readings. */
export function cpuBetween(before: CpuUsage, after: CpuUsage): CpuUsage {
  return {
    userSeconds: after.userSeconds - before.userSeconds,
    systemSeconds: after.systemSeconds - before.systemSeconds,
  };
}

/** User and system time together. */
export function cpuSeconds(usage: CpuUsage): number {
  return usage.userSeconds + usage.systemSeconds;
}

/** Lets the peak of a process's resident memory begin again from what it has now. */
export async function resetPeakMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** The peak of a process's resident memory, bytes. */
export async function peakMemoryOf(pid: number): Promise<number> {
  return parsePeak(await readFile(`/proc/${pid}/status`, 'utf8'));
}

/** `VmHWM` in the text of `/proc/<pid>/status`, bytes. */
export function parsePeak(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
