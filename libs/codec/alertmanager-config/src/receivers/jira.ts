import { anyValue } from '../yaml/any-value.ts';
import { mapOf, optional, texts } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { type Type } from '../yaml/type.ts';
import { duration, url } from '../schema/values.ts';
import { overHttp } from './common.ts';

const API_TYPES: ReadonlySet<string> = new Set(['auto', 'cloud', 'datacenter']);

const fieldStruct = struct({
  name: 'a text or a field',
  fields: { template: given(text), enable_update: given(optional(flag)) },
});

type JiraField = StructOf<(typeof fieldStruct)['fields']>;

/** A template, or a template with whether it is written again when the issue is updated. */
const field: Type<JiraField> = {
  name: fieldStruct.name,
  zero: () => fieldStruct.zero(),
  isZero: (value) => fieldStruct.isZero(value),
  decode: (node, decoding, current) =>
    node.kind === 'scalar' ? { ...current, template: node.text } : fieldStruct.decode(node, decoding, current),
  encode: (value) => fieldStruct.encode(value),
};

/** `jira_configs` */
export const jira = struct({
  name: 'jira_configs',
  fields: {
    ...overHttp,
    api_url: given(url),
    api_type: given(text),
    project: given(text),
    summary: given(field),
    description: given(field),
    labels: given(texts),
    priority: given(text),
    issue_type: given(text),
    reopen_transition: given(text),
    resolve_transition: given(text),
    wont_fix_resolution: given(text),
    reopen_duration: given(duration),
    fields: given(mapOf(anyValue)),
  },
  defaults: {
    send_resolved: true,
    api_type: 'auto',
    summary: { template: '{{ template "jira.default.summary" . }}', enable_update: undefined },
    description: { template: '{{ template "jira.default.description" . }}', enable_update: undefined },
    priority: '{{ template "jira.default.priority" . }}',
  },
  finish: (value, refuse) => {
    if (value.project === '') refuse('missing project in jira_config');
    if (value.issue_type === '') refuse('missing issue_type in jira_config');
    if (!API_TYPES.has(value.api_type)) {
      refuse('unknown api_type on jira_config, must be auto, cloud or datacenter', 'api_type');
    }
    return value;
  },
});

/** Jira. Durations in ms. */
export type JiraConfig = StructOf<(typeof jira)['fields']>;
