import { spreadTable } from '@tandem/records';
import { checkEncoding, protocolOf, WRITTEN_HEADERS, type Protocol, type Summary } from '@tandem/remote-write';
import { type HttpRequest, type HttpResponse } from '@tandem/server';
import { LogError, type OutgoingRecord, type RecordAppender, type RecordReader } from '@tandem/stream';
import { throttleLogger, type Logger } from '@tandem/telemetry';

import { type Heartbeats } from './heartbeats.ts';
import { tellLackingLabel } from './lacking-label.ts';
import { type IngestMetrics } from './metrics.ts';
import { planRequest, type Plan } from './plan.ts';
import { SenderNotes } from './sender-notes.ts';
import { refusalOf, refuse, type Refusal } from './refusal.ts';
import { type IngestSettings, type PlanSettings } from './settings.ts';
import { tenantOf } from './tenant.ts';

/** What the handler of `/api/v1/write` is made with. */
export interface WriteHandlerOptions {
  readonly log: RecordAppender & Pick<RecordReader, 'partitions'>;
  readonly settings: IngestSettings;
  readonly metrics: IngestMetrics;
  readonly logger: Logger;
  /** Told of what is in the log; absent where no cluster is spread. */
  readonly heartbeats?: Pick<Heartbeats, 'note'>;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** Nothing was written: what 2.0 wants to be told with every refusal. */
const NOTHING: Pick<Summary, 'samples' | 'histograms' | 'exemplars'> = { samples: 0, histograms: 0, exemplars: 0 };

/**
 * Takes remote write 1.0 and 2.0. Checks go from the cheap to the dear: content type, encoding, tenant, size, declared
 * length, protobuf. The answer is 204 only after the log has every record of the request; when it cannot take them,
 * 503 with Retry-After, and the sender sends again.
 */
export class WriteHandler {
  readonly #options: WriteHandlerOptions;
  readonly #logger: Logger;
  readonly #notes = new SenderNotes();
  /** Known once the log has answered; the number of partitions is fixed while a process lives. */
  #planSettings: PlanSettings | undefined;

  constructor(options: WriteHandlerOptions) {
    this.#options = options;
    this.#logger = throttleLogger(options.logger);
  }

  /** Answers a request. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const protocol = this.#protocolOf(request);
    if (typeof protocol !== 'string') return this.#refused(protocol, 'v1');
    const { tenantHeader, defaultTenant } = this.#options.settings;
    const tenant = tenantOf(headerOf(request, tenantHeader), defaultTenant);
    if (!tenant.ok) return this.#refused(tenant, protocol);
    const body = await request.readBody();
    if (body.outcome === 'refused') {
      this.#options.metrics.refused.inc({ reason: body.reason });
      return { ...body.response, headers: { ...body.response.headers, ...writtenHeaders(protocol, NOTHING) } };
    }
    const receivedAtMs = this.#options.now();
    const settings = await this.#settings();
    if (!('topic' in settings)) return this.#notAppended(settings.error, protocol);
    const plan = planRequest({ protocol, tenant: tenant.tenant, body: body.bytes, receivedAtMs }, settings);
    if (!plan.ok) return this.#refused(plan, protocol);
    const { metrics } = this.#options;
    const { identity } = plan.summary;
    tellLackingLabel(identity, tenant.tenant, { ...settings, metrics, logger: this.#logger });
    const note = this.#notes.noteOf(identity, { tenant: tenant.tenant, nowMs: receivedAtMs }, settings);
    const response = await this.#append(plan, protocol);
    if (note !== undefined) this.#tell(note);
    return response;
  }

  async #settings(): Promise<PlanSettings | { readonly error: unknown }> {
    if (this.#planSettings !== undefined) return this.#planSettings;
    const { log, settings } = this.#options;
    try {
      const partitions = await log.partitions(settings.topic);
      this.#planSettings = { ...settings, partitions, shardsOf: spreadTable(settings.spread) };
      return this.#planSettings;
    } catch (error) {
      return { error };
    }
  }

  #protocolOf(request: HttpRequest): Protocol | Refusal {
    const result = protocolOf(request.headers['content-type']);
    if (!result.ok) return refusalOf(result);
    const encoding = checkEncoding(request.headers['content-encoding']);
    return encoding.ok ? result.protocol : refusalOf(encoding);
  }

  /** Beside the request, whose answer has nothing to do with the partition of the note. */
  #tell(note: OutgoingRecord): void {
    this.#options.log.append([note]).catch((error: unknown) => {
      this.#logger.debug({ error }, 'cannot tell of a sender that lacks a label');
    });
  }

  async #append(plan: Plan, protocol: Protocol): Promise<HttpResponse> {
    const { log, metrics, heartbeats } = this.#options;
    const end = metrics.appendDuration.startTimer();
    try {
      if (plan.records.length > 0) await log.append(plan.records);
    } catch (error) {
      return this.#notAppended(error, protocol);
    } finally {
      end();
    }
    heartbeats?.note(plan.beats);
    this.#count(plan, protocol);
    if (plan.partial !== undefined) return this.#refused(plan.partial, protocol, plan.summary);
    return { status: 204, headers: writtenHeaders(protocol, plan.summary) };
  }

  #count(plan: Plan, protocol: Protocol): void {
    const { metrics } = this.#options;
    const { samples, histograms, exemplars } = plan.summary;
    metrics.requests.inc({ protocol });
    metrics.samples.inc({ protocol }, samples);
    metrics.histograms.inc({ protocol }, histograms);
    metrics.exemplars.inc({ protocol }, exemplars);
    metrics.records.inc({ form: plan.untouched ? 'untouched' : 'split' }, plan.records.length);
    if (plan.partial !== undefined) metrics.dropped.inc({ reason: plan.partial.reason }, plan.partial.droppedSamples);
    for (const record of plan.records) metrics.bytes.inc(record.value?.length ?? 0);
  }

  /** Whatever went wrong below the request's own content is cured by sending again, never by dropping it. */
  #notAppended(error: unknown, protocol: Protocol): HttpResponse {
    this.#logger.warn({ error }, 'cannot append a request to the log');
    if (!(error instanceof LogError)) return this.#refused(refuse(500, 'internal', 'internal error'), protocol);
    if (error.reason === 'too-large') {
      return this.#refused(refuse(413, 'too-large', 'the log takes no record of this size'), protocol);
    }
    const reason =
      error.reason === 'full' ? 'log-full' : error.reason === 'unknown-topic' ? 'log-unknown-topic' : 'log-unavailable';
    return this.#refused(refuse(503, reason, `the log cannot take the request now: ${error.reason}`), protocol);
  }

  #refused(refusal: Refusal, protocol: Protocol, written: typeof NOTHING = NOTHING): HttpResponse {
    const { metrics, settings } = this.#options;
    metrics.refused.inc({ reason: refusal.reason });
    return {
      status: refusal.status,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        ...(refusal.status === 503 ? { 'retry-after': String(settings.retryAfterSeconds) } : {}),
        ...writtenHeaders(protocol, written),
      },
      body: `${refusal.message}\n`,
    };
  }
}

function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** 2.0 is always told what was written; on 1.0 the headers must not be sent, because senders trust them wrongly. */
function writtenHeaders(protocol: Protocol, written: typeof NOTHING): Readonly<Record<string, string>> {
  if (protocol === 'v1') return {};
  return {
    [WRITTEN_HEADERS.samples]: String(written.samples),
    [WRITTEN_HEADERS.histograms]: String(written.histograms),
    [WRITTEN_HEADERS.exemplars]: String(written.exemplars),
  };
}
