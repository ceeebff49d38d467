import {
  alertHash,
  decideNotification,
  entryExpiresAtMs,
  isUncertain,
  notificationKey,
  standingOf,
  type Claim,
  type FlushedAlert,
  type NotificationReason,
  type ReceiverData,
  type SendOutcome,
  type Suppression,
  type TargetState,
} from '@tandem/alerting';

import { OVER, type AlertsClock } from '../clock.ts';
import { sendWithRetries, type AttemptsOutcome } from './attempts.ts';
import { type NotificationLog } from './notification-log.ts';
import { type FlushObserver, type FlushPassage, type TargetFlush, type TargetOutcome } from './target-flush.ts';

/** What a flush needs from its instance. */
export interface NotifyContext {
  readonly log: NotificationLog;
  readonly clock: AlertsClock;
  /** Name of the instance: owner of its claims. */
  readonly owner: string;
  readonly newClaimId: () => string;
  /** From 0 to 1; spreads retries. */
  readonly random: () => number;
  /** The alerts of a group as of now, without those that are suppressed. */
  readonly read: (flush: TargetFlush) => Suppression;
  readonly observer: FlushObserver;
  /** `--data.retention`, ms. */
  readonly retentionMs: number;
  /** The instance stops. */
  readonly stopping: AbortSignal;
  /** How long an attempt that is under way then may take to end, ms. */
  readonly graceMs: number;
}

/** What is to be sent, decided by what was known then. */
interface Intended {
  readonly reason: NotificationReason;
  readonly alerts: readonly FlushedAlert[];
  readonly receiverData: ReceiverData;
  /** When the target was last told, Unix ms; 0: never. */
  readonly toldAtMs: number;
}

/** A flush of a group to one integration, from its wait to its record (SPEC.md, "A flush"). Never rejects. */
export async function notifyTarget(flush: TargetFlush, context: NotifyContext): Promise<TargetOutcome> {
  const ending = new AbortController();
  const end = (): void => ending.abort(OVER);
  context.stopping.addEventListener('abort', end);
  const beganAtMs = context.clock.now();
  const leftMs = flush.deadlineMs - beganAtMs;
  void context.clock.sleep(leftMs, ending.signal).then(end);
  if (context.stopping.aborted) end();
  try {
    await context.clock.sleep(flush.waitMs, ending.signal);
    const notifier = new TargetNotifier(flush, context, ending.signal);
    const outcome = await notifier.run();
    context.observer.ended(flush, outcome, { beganAtMs, endedAtMs: context.clock.now(), ...notifier.seen });
    return outcome;
  } finally {
    context.stopping.removeEventListener('abort', end);
    end();
  }
}

/** One run of {@link notifyTarget} after its wait. */
class TargetNotifier {
  readonly #flush: TargetFlush;
  readonly #context: NotifyContext;
  readonly #key: string;
  /** Aborts at the deadline, and when the instance stops. */
  readonly #signal: AbortSignal;
  /** The claim it has asked for. */
  #claim: Pick<Claim, 'owner' | 'id'> | undefined;
  /** Whether the target may have been told by somebody who has not said so, before it was claimed here. */
  #isUncertain = false;
  /** Who has had the target instead. */
  #holder = '';
  /** What it has looked at last. */
  #seen: Pick<FlushPassage, 'suppression' | 'toldAtMs'> = {};

  constructor(flush: TargetFlush, context: NotifyContext, signal: AbortSignal) {
    this.#flush = flush;
    this.#context = context;
    this.#key = notificationKey(flush.target);
    this.#signal = signal;
  }

  get seen(): Pick<FlushPassage, 'suppression' | 'toldAtMs'> {
    return this.#seen;
  }

  /** What the log says is asked for anew after each step: what was true before a claim need not be true behind it. */
  async run(): Promise<TargetOutcome> {
    const { log, stopping } = this.#context;
    while (!this.#isOver()) {
      const state = await log.readToEnd(this.#key, this.#signal);
      if (this.#isOver()) break;
      const intended = this.#decide(state ?? log.known(this.#key));
      if ('kind' in intended) {
        await this.#release();
        return intended;
      }
      const may = state === undefined ? 'nobody-asked' : await this.#obtain(state);
      if (may !== 'not-yet') return this.#send(intended, may === 'nobody-asked');
    }
    await this.#giveUp();
    return stopping.aborted ? { kind: 'stopped' } : { kind: 'held', owner: this.#holder };
  }

  #isOver(): boolean {
    return this.#signal.aborted;
  }

  #decide(state: TargetState): Intended | TargetOutcome {
    const suppression = this.#context.read(this.#flush);
    this.#seen = { suppression, toldAtMs: state.entry?.timestampMs };
    const { alerts } = suppression;
    if (alerts.length === 0) return { kind: 'suppressed', suppression };
    const { tickMs, group, integration } = this.#flush;
    const entry = liveEntry(state, this.#context.clock.now());
    const decision = decideNotification(entry, {
      ...hashesOf(alerts),
      sendResolved: integration.sendResolved,
      repeatIntervalMs: group.route.options.repeatIntervalMs,
      nowMs: tickMs,
      isUncertain: this.#mayHaveBeenTold(state),
    });
    if (!decision.send) return { kind: 'skipped', reason: decision.reason };
    const isFirst = decision.reason === 'first notification';
    const receiverData = isFirst || entry === undefined ? new Map() : entry.receiverData;
    return { reason: decision.reason, alerts, receiverData, toldAtMs: state.entry?.timestampMs ?? 0 };
  }

  /** By a claim of somebody else of which nobody knows what came, also where it has ended and is superseded by one's own. */
  #mayHaveBeenTold(state: TargetState): boolean {
    const isOwn = state.claim !== undefined && state.claim.id === this.#claim?.id;
    if (!isOwn) this.#isUncertain = isUncertain(state);
    return this.#isUncertain;
  }

  /** Asks for the claim, or waits where somebody else has it; `not-yet`: the log is to be read again. */
  async #obtain(state: TargetState): Promise<'yes' | 'not-yet' | 'nobody-asked'> {
    const { log, clock, owner, newClaimId } = this.#context;
    const standing = standingOf(state, this.#claim?.id, clock.now());
    if (standing.kind === 'mine') return 'yes';
    if (standing.kind === 'held') {
      this.#holder = standing.owner;
      await this.#changeOrEnd(standing.untilMs);
      return 'not-yet';
    }
    this.#claim = { owner, id: newClaimId() };
    const forMs = this.#flush.deadlineMs - clock.now();
    return (await log.claim(this.#flush.target, this.#claim, forMs)) ? 'not-yet' : 'nobody-asked';
  }

  /** Waits for something new of the target, or for the end of a claim. */
  async #changeOrEnd(untilMs: number): Promise<void> {
    const { log, clock } = this.#context;
    const either = new AbortController();
    const stop = (): void => either.abort(OVER);
    this.#signal.addEventListener('abort', stop);
    await Promise.race([log.changed(this.#key, either.signal), clock.sleep(untilMs - clock.now(), either.signal)]);
    this.#signal.removeEventListener('abort', stop);
    stop();
  }

  /** Where it is uncertain what somebody else has told, the claim is left to end by itself: it stands for that now (N9). */
  async #giveUp(): Promise<void> {
    if (!this.#isUncertain) await this.#release();
  }

  async #release(): Promise<void> {
    if (this.#claim !== undefined) await this.#context.log.release(this.#flush.target, this.#claim);
  }

  async #send(intended: Intended, failOpen: boolean): Promise<TargetOutcome> {
    const { integration } = this.#flush;
    const alerts = integration.sendResolved ? intended.alerts : intended.alerts.filter(({ resolved }) => !resolved);
    const result = alerts.length === 0 ? NOTHING_TO_SEND : await this.#attempt({ ...intended, alerts });
    if (result.outcome === 'failed') {
      await this.#giveUp();
      return { kind: 'failed', attempts: result.attempts, reason: result.reason, message: result.message, failOpen };
    }
    const { attempts, sent } = result;
    await this.#record(intended, sent.receiverData ?? intended.receiverData);
    return { kind: 'sent', reason: intended.reason, attempts, answer: sent.answer, failOpen, alerts };
  }

  async #attempt({ reason, alerts, receiverData }: Intended): Promise<AttemptsOutcome> {
    const { clock, random, observer } = this.#context;
    const { target, integration, group } = this.#flush;
    const { labels: groupLabels } = group.group;
    const { labels: routeLabels } = group.route.options;
    const notification = { target, groupLabels, routeLabels, reason, alerts, receiverData };
    const onAttempt = (outcome: SendOutcome, attempt: number, durationMs: number): void =>
      observer.attempt(this.#flush, outcome, attempt, durationMs);
    const cut = new AbortController();
    const over = (): void => void this.#cutSoon(cut);
    this.#signal.addEventListener('abort', over);
    if (this.#isOver()) over();
    try {
      const options = { clock, random, signal: this.#signal, cut: cut.signal, onAttempt };
      return await sendWithRetries(integration, notification, options);
    } finally {
      this.#signal.removeEventListener('abort', over);
      cut.abort(OVER);
    }
  }

  /** An attempt ends with the flush; where the instance stops, it is given a little time: it may have been received. */
  async #cutSoon(cut: AbortController): Promise<void> {
    const { clock, stopping, graceMs } = this.#context;
    if (stopping.aborted) await clock.sleep(graceMs, cut.signal);
    cut.abort(stopping.aborted ? undefined : new DOMException('the flush is over', 'TimeoutError'));
  }

  async #record({ alerts, toldAtMs }: Intended, receiverData: ReceiverData): Promise<void> {
    const { clock, log, retentionMs } = this.#context;
    const { target, group } = this.#flush;
    // Later than what it was decided by, whatever the clocks say: entries are merged by their times.
    const timestampMs = Math.max(clock.now(), toldAtMs + 1);
    const expiresAtMs = entryExpiresAtMs(timestampMs, group.route.options.repeatIntervalMs, retentionMs);
    await log.record({ target, timestampMs, ...hashesOf(alerts), receiverData, expiresAtMs }, this.#claim);
  }
}

/** Only resolved alerts are left, of which the integration does not want to hear: it counts as told. */
const NOTHING_TO_SEND: AttemptsOutcome = { outcome: 'sent', attempts: 0, sent: { outcome: 'sent', answer: '' } };

/** What a target was told, unless that has expired. */
function liveEntry({ entry }: TargetState, nowMs: number): TargetState['entry'] {
  return entry !== undefined && entry.expiresAtMs > nowMs ? entry : undefined;
}

function hashesOf(alerts: readonly FlushedAlert[]): {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
} {
  const hashes = (resolved: boolean): ReadonlySet<string> =>
    new Set(alerts.filter((alert) => alert.resolved === resolved).map(({ labels }) => alertHash(labels)));
  return { firing: hashes(false), resolved: hashes(true) };
}
