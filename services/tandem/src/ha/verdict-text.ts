import { isOut, type OutVerdict, type Verdict } from './verdict.ts';
import { formatSpan, formatTime } from './times.ts';

/** A verdict for people; offsets are shown with their partition. */
export function verdictText(verdict: Verdict, partition: number): string {
  const at = (offset: number): string => `${partition}/${offset}`;
  if (isOut(verdict)) return `${outText(verdict)}: deduped ${at(verdict.deduped)}`;
  if ('deduped' in verdict) return behindOutText(verdict, at);
  switch (verdict.kind) {
    case 'held-in-fill':
      return `held back: the target was filled from ${verdict.standby} (epoch ${verdict.epoch})`;
    case 'standby':
      return `standby: ${verdict.elected} was elected (epoch ${verdict.epoch})${againText(verdict.seam)}`;
    case 'held-back':
      return `held back at the seam of epoch ${verdict.epoch}${behindText(verdict.behindMs)}`;
    case 'unelected':
      return 'nobody was elected: it waits in the log for an election';
    case 'not-yet':
      return `not yet: dedup has come to ${at(verdict.position)}`;
    case 'unknown':
      return verdict.detail;
  }
}

/** A verdict on what had come out before, or something newer. */
function behindOutText(
  verdict: Extract<Verdict, { readonly kind: 'repeat' | 'out-of-order' | 'older' }>,
  at: (offset: number) => string,
): string {
  const of = at(verdict.of);
  const deduped = `(deduped ${at(verdict.deduped)})`;
  if (verdict.kind === 'repeat') return `repeat: the same time came out of ${of} before ${deduped}`;
  const newest = `${formatTime(verdict.newestMs)} of ${of} ${deduped}`;
  return verdict.kind === 'older'
    ? `older than what had come out: ${newest}`
    : `out of order, not passed on: older than what had come out, ${newest}`;
}

function outText(verdict: OutVerdict): string {
  const { kind, epoch } = verdict;
  if (kind === 'read-again') return `emitted, read again at the seam of epoch ${epoch}`;
  const order = kind === 'emitted' && verdict.outOfOrder ? ', out of order' : '';
  const under = epoch === null ? ', of no pair' : ` under epoch ${epoch}`;
  const filled = kind === 'filled' ? ', filled: the elected replica could not scrape its target' : '';
  return `emitted${order}${under}${filled}`;
}

function againText(seam: number | undefined): string {
  return seam === undefined ? '' : `; at the seam of epoch ${seam} what had come out was as new or newer`;
}

/** Which of the two it was takes the whole seam to tell. */
function behindText(behindMs: number | null): string {
  if (behindMs === null) return '';
  return `: ${formatSpan(behindMs)} behind the last one, under half an interval, or a counter below its value`;
}

/** Verdicts that say a copy did not come out, in a word or two, for counts. */
export const VERDICT_WORDS: Readonly<Record<Exclude<Verdict, OutVerdict>['kind'], string>> = {
  standby: 'standby',
  repeat: 'repeated',
  'out-of-order': 'out of order',
  older: 'older than what had come out',
  'held-back': 'held back at a seam',
  'held-in-fill': 'held back while its target was filled',
  unelected: 'waits for an election',
  'not-yet': 'not come to yet',
  unknown: 'not out for a reason that is not known',
};
