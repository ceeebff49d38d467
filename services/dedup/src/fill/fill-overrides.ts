import { DEFAULT_FILL_SETTINGS, type FillSettings } from '@tandem/election';

/** Settings of fills of one tenant, or of one of its clusters, in place of the general ones. */
export interface FillOverride {
  readonly tenant: string;
  /** Name of the cluster, tenant included; absent: all of the tenant's. */
  readonly cluster?: string;
  readonly settings: Partial<FillSettings>;
}

/** What is said about fills in general, and of some tenants and clusters. */
export interface FillChoices {
  /** Default: they are on. */
  readonly fill?: FillSettings;
  readonly fillOverrides?: readonly FillOverride[];
}

/** Settings of a cluster, by its tenant and by its name, tenant included. */
export type FillSettingsOf = (tenant: string, cluster: string) => FillSettings;

/** Gives the settings of a cluster: its own over its tenant's over the general ones. Clusters by name, tenant included. */
export function fillSettingsResolver({
  fill = DEFAULT_FILL_SETTINGS,
  fillOverrides = [],
}: FillChoices): FillSettingsOf {
  const tenants = new Map<string, FillSettings>();
  const clusters = new Map<string, FillSettings>();
  for (const { tenant, cluster, settings } of fillOverrides) {
    if (cluster === undefined) tenants.set(tenant, { ...fill, ...settings });
  }
  for (const { tenant, cluster, settings } of fillOverrides) {
    if (cluster !== undefined) clusters.set(cluster, { ...(tenants.get(tenant) ?? fill), ...settings });
  }
  return (tenant, cluster) => clusters.get(cluster) ?? tenants.get(tenant) ?? fill;
}
