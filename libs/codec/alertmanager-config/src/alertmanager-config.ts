import { list, optionalStruct, texts } from './yaml/collections.ts';
import { type Decoding } from './yaml/decoding.ts';
import { always, given, struct, type StructOf } from './yaml/struct.ts';
import { endAddresses, inheritAll } from './inherit.ts';
import { receiver, type ReceiverConfig } from './receivers/receiver.ts';
import { checkGlobal } from './schema/check-global.ts';
import { eventRecorder, type EventRecorderConfig } from './schema/event-recorder.ts';
import { globalConfig, type GlobalConfig } from './schema/global.ts';
import { inhibitRule, type InhibitRuleConfig } from './schema/inhibit-rule.ts';
import { muteIntervals, namedIntervals, type NamedIntervalsConfig } from './schema/intervals.ts';
import { checkRouting } from './schema/check-routing.ts';
import { route, type RouteConfig } from './schema/route.ts';
import { tracing, type TracingConfig } from './schema/tracing.ts';

const fields = {
  global: given(optionalStruct(globalConfig)),
  route: given(optionalStruct(route)),
  inhibit_rules: given(list<InhibitRuleConfig>(inhibitRule)),
  receivers: given(list<ReceiverConfig>(receiver)),
  templates: always(texts),
  mute_time_intervals: given(list<NamedIntervalsConfig>(muteIntervals)),
  time_intervals: given(list<NamedIntervalsConfig>(namedIntervals)),
  tracing: given(tracing),
  event_recorder: given(eventRecorder),
};

type ConfigFile = StructOf<typeof fields>;

/**
 * A configuration as it is in effect: defaults filled in, what `global` says taken over by the receivers. Keys are those of
 * the file; durations are in ms, secrets `SecretText`.
 */
export interface AlertmanagerConfig {
  readonly global: GlobalConfig;
  readonly route: RouteConfig;
  readonly inhibit_rules: readonly InhibitRuleConfig[];
  readonly receivers: readonly ReceiverConfig[];
  readonly templates: readonly string[];
  readonly mute_time_intervals: readonly NamedIntervalsConfig[];
  readonly time_intervals: readonly NamedIntervalsConfig[];
  readonly tracing: TracingConfig;
  readonly event_recorder: EventRecorderConfig;
}

/** The whole file. */
export const configFile = struct({
  name: 'the configuration',
  fields,
  finish: (value, _refuse, decoding) => completed(value, decoding),
});

function completed(value: ConfigFile, decoding: Decoding): ConfigFile {
  const written = value.global ?? globalConfig.initial();
  checkGlobal(written, (message, key) => decoding.fail(decoding.positionOf(written, key), message));
  const global = endAddresses(written, value.receivers);
  const receivers = inheritAll(value.receivers, {
    global,
    lacking: (integration, message) => decoding.fail(decoding.positionOf(integration), message),
  });
  checkRouting(value, decoding);
  return { ...value, global, receivers };
}
