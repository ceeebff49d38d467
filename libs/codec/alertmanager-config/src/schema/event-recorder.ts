import { list, optionalStruct, texts } from '../yaml/collections.ts';
import { flag, integer, text } from '../yaml/scalars.ts';
import { always, given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { httpConfig } from './http.ts';
import { tlsConfig } from './tls.ts';
import { duration, secretUrl } from './values.ts';

const file = struct({
  name: 'file_outputs',
  fields: { path: always(text) },
  finish: (value, refuse) => {
    if (value.path === '') refuse('event_recorder file output requires a path');
    return value;
  },
});

const webhook = struct({
  name: 'webhook_outputs',
  fields: {
    url: always(secretUrl),
    http_config: given(optionalStruct(httpConfig)),
    timeout: given(duration),
    workers: given(integer),
    max_retries: given(integer),
    retry_backoff: given(duration),
    batch: given(flag),
    batch_max_events: given(integer),
    batch_max_bytes: given(integer),
    batch_flush_interval: given(duration),
  },
  finish: (value, refuse) => {
    if (value.url === undefined) refuse('event_recorder webhook output requires a url');
    else if (value.url.empty) refuse('event_recorder webhook output requires an absolute http(s) url', 'url');
    const { batch, batch_max_events: events, batch_max_bytes: bytes, batch_flush_interval: interval } = value;
    if (events < 0 || bytes < 0) refuse('event_recorder webhook batch settings cannot be negative');
    if (!batch && (events !== 0 || bytes !== 0 || interval !== 0)) {
      refuse('event_recorder webhook batch settings require batch: true');
    }
    return value;
  },
});

const ACKS: ReadonlySet<string> = new Set(['', 'none', 'leader', 'all']);
const COMPRESSIONS: ReadonlySet<string> = new Set(['', 'none', 'gzip', 'snappy', 'lz4', 'zstd']);
const FORMATS: ReadonlySet<string> = new Set(['', 'json', 'protobuf']);

const kafkaFields = {
  brokers: always(texts),
  topic: always(text),
  client_id: given(text),
  format: given(text),
  acks: given(text),
  compression: given(text),
  buffer_size: given(integer),
  tls_config: given(optionalStruct(tlsConfig)),
};

const kafka = struct({
  name: 'kafka_outputs',
  fields: kafkaFields,
  finish: (value, refuse) => {
    checkKafka(value, refuse);
    return { ...value, format: value.format === '' ? 'json' : value.format };
  },
});

function checkKafka(value: StructOf<typeof kafkaFields>, refuse: Refuse): void {
  if (value.brokers.length === 0) refuse('event_recorder kafka: at least one broker is required', 'brokers');
  if (value.brokers.includes('')) refuse('event_recorder kafka: broker entries must be non-empty', 'brokers');
  if (!ACKS.has(value.acks)) {
    refuse(`event_recorder kafka: unknown acks "${value.acks}", must be "none", "leader", or "all"`, 'acks');
  }
  if (!COMPRESSIONS.has(value.compression)) {
    refuse(`event_recorder kafka: unknown compression "${value.compression}"`, 'compression');
  }
  if (value.topic === '') refuse('event_recorder kafka output requires a topic');
  if (!FORMATS.has(value.format)) {
    refuse(`event_recorder kafka: unknown format "${value.format}", must be "json" or "protobuf"`, 'format');
  }
}

const stdout = struct({ name: 'stdout_outputs', fields: {} });

/** `event_recorder` */
export const eventRecorder = struct({
  name: 'event_recorder',
  fields: {
    file_outputs: given(list(file)),
    webhook_outputs: given(list(webhook)),
    kafka_outputs: given(list(kafka)),
    stdout_outputs: given(list(stdout)),
  },
});

/** Where what happens is written down. */
export type EventRecorderConfig = StructOf<(typeof eventRecorder)['fields']>;
