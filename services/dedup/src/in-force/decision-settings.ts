import { createHash } from 'node:crypto';

import { DEFAULT_FILL_SETTINGS, type ElectionSettings } from '@tandem/election';
import { z } from 'zod';

import { type DecisionSettings } from '../settings.ts';

/** Settings as they go into the log. */
export interface SettingsDocument {
  readonly json: string;
  readonly hash: string;
}

const ms = (): z.ZodInt => z.int().min(0);

const learnedShape = z.strictObject({ leastMs: ms(), mostMs: ms() }).nullable();

const handoverShape = z.strictObject({
  enabled: z.boolean(),
  margin: z.number(),
  evaluations: z.int().min(1),
  coolDownMs: ms(),
});

const NO_HANDOVER = { enabled: false, margin: 0.25, evaluations: 4, coolDownMs: 600_000 };

const electionShape = {
  updateTimeoutMs: ms(),
  updateTimeoutJitterMs: ms(),
  failoverTimeoutMs: ms(),
  failoverSampleTimeoutMs: ms(),
  maxClusters: ms(),
  idleTimeoutMs: ms(),
  forgetAfterMs: ms().default(0),
  learned: learnedShape.default(null),
  maxReplicas: z.int().min(1).default(16),
  handover: handoverShape.default(NO_HANDOVER),
} satisfies Record<keyof ElectionSettings, z.ZodType>;

const overrideShape = z.strictObject({
  tenant: z.string(),
  cluster: z.string().exactOptional(),
  settings: z.strictObject({
    failoverTimeoutMs: ms().exactOptional(),
    failoverSampleTimeoutMs: ms().exactOptional(),
    learned: learnedShape.exactOptional(),
    handover: handoverShape.exactOptional(),
  }),
});

const fillShape = z.strictObject({ enabled: z.boolean(), up: z.enum(['leader', 'any']) });

const fillOverrideShape = z.strictObject({
  tenant: z.string(),
  cluster: z.string().exactOptional(),
  settings: z.strictObject({
    enabled: z.boolean().exactOptional(),
    up: z.enum(['leader', 'any']).exactOptional(),
  }),
});

const outOfOrderRule = z.enum(['drop', 'pass']);

const outOfOrderShape = z.strictObject({
  rule: outOfOrderRule,
  overrides: z.array(z.strictObject({ tenant: z.string(), cluster: z.string().exactOptional(), rule: outOfOrderRule })),
});

/**
 * What a document may say. A key that is not known is refused: it stands for a decision this version cannot take. A key that
 * came later has as default what was done before it.
 */
const documentShape = z.strictObject({
  elections: z.strictObject(electionShape),
  overrides: z.array(overrideShape).default([]),
  replicaLabel: z.string().min(1),
  seamWindowMs: ms(),
  fill: fillShape.default({ enabled: false, up: 'leader' }),
  fillOverrides: z.array(fillOverrideShape).default([]),
  outOfOrder: outOfOrderShape.default({ rule: 'drop', overrides: [] }),
} satisfies Record<keyof DecisionSettings, z.ZodType>);

/** The part of settings that decides, as a document: the same settings give the same bytes. */
export function settingsDocument(settings: DecisionSettings): SettingsDocument {
  const { elections, overrides = [], replicaLabel, seamWindowMs, fill = DEFAULT_FILL_SETTINGS } = settings;
  const { fillOverrides = [], outOfOrder } = settings;
  const own = { elections, overrides, replicaLabel, seamWindowMs };
  const decisions: Required<DecisionSettings> = { ...own, fill, fillOverrides, outOfOrder };
  const json = JSON.stringify(sorted(decisions));
  return { json, hash: createHash('sha256').update(json).digest('hex').slice(0, 16) };
}

/** Reads a document; a problem comes back as text. */
export function readSettings(json: string): DecisionSettings | string {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return 'the settings are no JSON';
  }
  const parsed = documentShape.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `the settings cannot be applied: ${where}${issue?.message ?? 'not understood'}`;
}

/** With the keys of objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
