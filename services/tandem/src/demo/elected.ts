/** Asks the pipeline which replica is elected in its one cluster. */
export async function electedReplica(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/api/v1/ha/clusters`);
  const { clusters } = (await response.json()) as {
    readonly clusters: readonly { readonly elected?: { readonly replica: string } }[];
  };
  return clusters[0]?.elected?.replica;
}
