import { describe, expect, it } from '@jest/globals';
import { decodeSamplesHeaders, type HaPair } from '@tandem/records';

import { planRequest, type Plan } from '../src/plan.ts';
import { body, SETTINGS, T0, type SeriesSpec } from './requests.ts';

/** Rows of the HA tracker's conformance table (libs/domain/election/SPEC.md) that are decided where requests come in. */

function planned(specs: readonly SeriesSpec[]): Plan {
  const result = planRequest({ protocol: 'v1', tenant: 't', body: body(specs), receivedAtMs: T0 }, SETTINGS);
  if (!result.ok) throw new Error(result.message);
  return result;
}

function pairsOf({ records }: Plan): readonly (HaPair | undefined)[] {
  return records.map(({ headers = {} }) => {
    const decoded = decodeSamplesHeaders(headers);
    if (!decoded.ok) throw new Error(decoded.problem);
    return decoded.headers.pair;
  });
}

describe('conformance with the HA tracker, where requests come in', () => {
  it.each([
    ['row 18a: a replica label alone', { replica: 'a' }, [undefined]],
    ['row 18b: a cluster label alone', { cluster: 'c' }, [undefined]],
    ['row 18c: both labels', { cluster: 'c', replica: 'a' }, [{ cluster: 'c', replica: 'a' }]],
    ['§1.3, 1: an empty replica label', { cluster: 'c', replica: '' }, [undefined]],
    ['§1.3, 1: an empty cluster label', { cluster: '', replica: 'a' }, [undefined]],
  ])('%s decides whether a series is of a pair', (_, labels, pairs) => {
    expect(pairsOf(planned([labels]))).toEqual(pairs);
  });

  it('row 28a: a request of nothing asks nobody', () => {
    expect(planned([])).toMatchObject({ records: [] });
  });

  it('row 28b: nothing is taken out of a body here: labels are whole in the log, whoever reads it', () => {
    expect(planned([{ cluster: 'c', replica: 'a' }]).untouched).toBe(true);
  });

  it('row x7: a request of two clusters and of series of no pair is three records, each of one of them', () => {
    const specs = [
      { cluster: 'c', replica: 'a' },
      { name: 'free' },
      { cluster: 'd', replica: 'a' },
      { cluster: 'c', replica: 'a', name: 'n' },
    ];
    const pairs = pairsOf(planned(specs));
    expect(pairs).toHaveLength(3);
    expect(pairs).toEqual(
      expect.arrayContaining([{ cluster: 'c', replica: 'a' }, { cluster: 'd', replica: 'a' }, undefined]),
    );
  });

  it('row 28e: a request that is refused leaves nothing in the log by which its replica could be elected', () => {
    const tooLarge = { ...SETTINGS, maxDecodedBytes: 8 };
    const request = {
      protocol: 'v1' as const,
      tenant: 't',
      body: body([{ cluster: 'c', replica: 'a' }]),
      receivedAtMs: T0,
    };
    expect(planRequest(request, tooLarge)).not.toHaveProperty('records');
  });
});
