/** A cluster by its names. */
export interface ClusterName {
  readonly tenant: string;
  readonly cluster: string;
}

/** A cluster as an operator names it: the tenant may be left out. */
export interface ClusterQuery {
  readonly tenant: string | undefined;
  readonly cluster: string;
}
