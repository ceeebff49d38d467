/** Something wrong with the configuration, or noteworthy. */
export interface ConfigProblem {
  /** Where it is: `tandem.yaml:12:3`, `--web.listen-address`, `TANDEM_WEB_LISTEN_ADDRESS`, or the file's name alone. */
  readonly where: string;
  /** What it is, with the key it is about; never a secret's value. */
  readonly message: string;
}

/** `tandem.yaml:12:3: unknown key "failover_timout" in dedup: did you mean "failover_timeout"?` */
export function formatProblem({ where, message }: ConfigProblem): string {
  return `${where}: ${message}`;
}
