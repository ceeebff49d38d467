import { type Cluster } from '../cluster/cluster.ts';
import { expectOk } from '../wire/errors.ts';
import { decodeOffsetFetchAnswer, type OffsetFetchFields, offsetFetchRequest } from '../wire/offset-fetch.ts';

/** A group's committed offset, once no transaction that moves it is open; `undefined` where there is none. One try. */
export async function committedOffset(cluster: Cluster, fields: OffsetFetchFields): Promise<number | undefined> {
  try {
    const connection = await cluster.connection(await cluster.coordinator('group', fields.group), 'control');
    const answer = decodeOffsetFetchAnswer(await connection.send(offsetFetchRequest(fields)));
    expectOk(answer.errorCode);
    return answer.offset < 0 ? undefined : answer.offset;
  } catch (error) {
    cluster.forgetCoordinator('group', fields.group);
    throw error;
  }
}
