import {
  AlertTable,
  GroupOpenings,
  isResolved,
  isSameOpening,
  type Alert,
  type Group,
  type GroupTable,
  type Inhibitor,
} from '@tandem/alerting';

import { type DecodedAlertRecord } from '../log/alert-codec.ts';
import { Outbox } from './outbox.ts';

/** What a configuration makes of alerts. */
export interface Grouping {
  readonly groups: GroupTable;
  readonly inhibitor: Inhibitor;
  /** An alert came, at a log time. @returns the groups it opened */
  put(alert: Alert, atMs: number, fingerprint: string): readonly Group[];
  /** The ticks of a group are other ones from now on, or it is gone. */
  retimed(id: string): void;
}

/** How long an instance waits for others to tell the log something before it does, ms. */
const SETTLE_MS = 1000;
/** How long it is remembered that a group was there, ms. */
const ENDED_MS = 24 * 3_600_000;

/**
 * The alerts and groups of a cluster as an instance knows them, and what it has to tell the log of them (SPEC.md, "The log of
 * alerts"). Does nothing by itself: records are given to it, what is to be appended is in its outbox.
 */
export class AlertsState {
  readonly alerts = new AlertTable();
  readonly openings = new GroupOpenings();
  readonly outbox = new Outbox();
  readonly #instance: string;
  readonly #onForgotten: (fingerprint: string, alert: Alert) => void;
  /** Groups of this instance of which the log does not say when they were opened, and since when it does not. */
  readonly #unsettled = new Map<string, number>();
  /**
   * Alerts, and groups, of which the last record that was read does not tell everything, and since when. Whoever wrote it may
   * not know that, where compaction has left out what this instance has read.
   */
  readonly #doubtfulAlerts = new Map<string, number>();
  readonly #doubtfulGroups = new Map<string, number>();
  #grouping: Grouping | undefined;

  /**
   * @param instance name of the instance
   * @param onForgotten told of an alert that is known no more
   */
  constructor(instance: string, onForgotten: (fingerprint: string, alert: Alert) => void) {
    this.#instance = instance;
    this.#onForgotten = onForgotten;
  }

  /** The groups that the log knows from now on are those of a grouping, which has its alerts already. */
  use(grouping: Grouping, nowMs: number): void {
    const before = this.#grouping?.groups;
    this.#grouping = grouping;
    this.#unsettled.clear();
    for (const group of grouping.groups.values()) this.#adopt(group, nowMs);
    for (const { id } of before?.values() ?? []) if (grouping.groups.get(id) === undefined) this.groupEnded(id);
  }

  /** An alert was received here, at a log time. */
  receive(fingerprint: string, alert: Alert, nowMs: number): void {
    const known = this.alerts.received(fingerprint, alert, nowMs);
    this.outbox.received(fingerprint);
    this.#doubtfulAlerts.set(fingerprint, nowMs);
    for (const { id } of this.#put(fingerprint, known, nowMs)) this.#tellOpening(id);
  }

  /** A record of the log, appended at a log time. */
  apply(record: Exclude<DecodedAlertRecord, { kind: 'unreadable' }>, appendedAtMs: number): void {
    switch (record.kind) {
      case 'alert':
        this.#applyAlert(record, appendedAtMs);
        break;
      case 'alert-forgotten':
        this.#applyForgotten(record.fingerprint, appendedAtMs);
        break;
      case 'group-opened':
        this.#applyOpened(record, appendedAtMs);
        break;
      case 'group-ended':
        this.#applyEnded(record.id, appendedAtMs);
        break;
    }
  }

  /** A group has ended here: everything of it was told. */
  groupEnded(id: string): void {
    this.#unsettled.delete(id);
    if (this.openings.ended(id)) this.outbox.groupEnded(id);
    else this.outbox.groupNotOpened(id);
  }

  /** Tells the log what nobody else has told it for a while. */
  settle(nowMs: number): void {
    due(this.#unsettled, nowMs, (id) => this.#tellOpening(id));
    due(this.#doubtfulAlerts, nowMs, (fingerprint) => this.outbox.incomplete(fingerprint));
    due(this.#doubtfulGroups, nowMs, (id) => {
      const standing = this.openings.get(id);
      if (standing !== undefined) this.outbox.groupOpened(id, standing);
    });
  }

  /** Tells the log of groups that ended without anybody saying so, and of alerts that nobody needs any more. */
  collect(nowMs: number): void {
    const groups = this.#grouping?.groups;
    if (groups === undefined) return;
    this.openings.forgetEnded(nowMs - ENDED_MS);
    for (const id of this.openings.ids()) if (groups.get(id) === undefined) this.outbox.groupEnded(id);
    for (const [fingerprint, alert] of this.alerts.entries()) {
      if (isResolved(alert, nowMs) && !groups.holds(alert, fingerprint)) this.outbox.forgotten(fingerprint);
    }
  }

  #applyAlert(
    { fingerprint, alert: record, receivedBy }: Extract<DecodedAlertRecord, { kind: 'alert' }>,
    appendedAtMs: number,
  ): void {
    const { alert, isWhole } = this.alerts.apply(fingerprint, record, appendedAtMs);
    if (!isWhole && receivedBy === this.#instance) this.outbox.incomplete(fingerprint);
    if (!isWhole || this.alerts.ahead(fingerprint) !== undefined) this.#doubtfulAlerts.set(fingerprint, appendedAtMs);
    else this.#doubtfulAlerts.delete(fingerprint);
    this.#put(fingerprint, alert, appendedAtMs);
  }

  #applyForgotten(fingerprint: string, appendedAtMs: number): void {
    const alert = this.alerts.get(fingerprint);
    if (alert === undefined) return;
    if (this.alerts.forget(fingerprint, appendedAtMs)) {
      this.#grouping?.inhibitor.delete(fingerprint, alert.labels);
      this.#grouping?.groups.forget(fingerprint);
      this.#onForgotten(fingerprint, alert);
      this.#doubtfulAlerts.delete(fingerprint);
    } else {
      this.#doubtfulAlerts.set(fingerprint, appendedAtMs);
    }
  }

  #applyOpened(
    { id, opening, openedBy }: Extract<DecodedAlertRecord, { kind: 'group-opened' }>,
    appendedAtMs: number,
  ): void {
    const isOwn = openedBy === this.#instance;
    const standing = this.openings.opened(id, opening);
    const group = this.#grouping?.groups.get(id);
    if (isOwn && this.#grouping !== undefined && group === undefined) {
      // It has ended before this was read back.
      this.groupEnded(id);
      return;
    }
    // Compaction keeps the last record, and so the last one has to say what holds.
    if (isSameOpening(standing, opening)) this.#doubtfulGroups.delete(id);
    else if (isOwn) this.outbox.groupOpened(id, standing);
    else this.#doubtfulGroups.set(id, appendedAtMs);
    if (group !== undefined) this.#adopt(group, appendedAtMs);
  }

  #applyEnded(id: string, appendedAtMs: number): void {
    this.openings.ended(id);
    this.#doubtfulGroups.delete(id);
    const grouping = this.#grouping;
    if (grouping?.groups.get(id) === undefined) return;
    if (grouping.groups.ended(id, appendedAtMs)) {
      this.#unsettled.delete(id);
      grouping.retimed(id);
    } else {
      // Alerts that fire have come since: it goes on as it is, and the log has to know.
      this.#unsettled.set(id, appendedAtMs);
      this.#tellOpening(id);
    }
  }

  #put(fingerprint: string, alert: Alert, atMs: number): readonly Group[] {
    const grouping = this.#grouping;
    if (grouping === undefined) return [];
    grouping.inhibitor.put(fingerprint, alert);
    const opened = grouping.put(alert, atMs, fingerprint);
    for (const group of opened) this.#adopt(group, atMs);
    return opened;
  }

  /** A group ticks as the log says; where it says nothing, for now by what this instance has seen. */
  #adopt({ id, beat }: Group, atMs: number): void {
    const standing = this.openings.get(id);
    if (standing === undefined) {
      this.#unsettled.set(id, this.#unsettled.get(id) ?? atMs);
      return;
    }
    this.#unsettled.delete(id);
    if (standing.openedAtMs === beat.openedAtMs && standing.firstStartsAtMs === beat.firstStartsAtMs) return;
    this.#grouping?.groups.openedAt(id, standing.openedAtMs, standing.firstStartsAtMs);
    this.#grouping?.retimed(id);
  }

  #tellOpening(id: string): void {
    const group = this.#grouping?.groups.get(id);
    if (group === undefined || this.openings.get(id) !== undefined) return;
    this.outbox.groupOpened(id, this.openings.following(id, group.beat));
  }
}

/** Does something for what has waited long enough; it waits again from now on. */
function due(waiting: Map<string, number>, nowMs: number, work: (key: string) => void): void {
  for (const [key, sinceMs] of waiting) {
    if (nowMs - sinceMs < SETTLE_MS) continue;
    waiting.set(key, nowMs);
    work(key);
  }
}
