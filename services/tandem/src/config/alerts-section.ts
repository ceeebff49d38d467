import { section } from '@tandem/config';
import { z } from 'zod';

/** Keys of `alerts` in the configuration: what Alertmanager's flags have no words for. */
export const alertsSection = section({
  drop_labels: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Labels that are left out of every alert as it comes in, such as the replica label of a Prometheus pair that does not drop it itself: alerts that differ in them alone are one.',
    ),
  mode: z
    .enum(['all', 'owners'])
    .default('all')
    .describe(
      'Who notifies of a group: all, each instance after its wait unless one before it has; owners, the one instance that owns the group, so that instances share the work.',
    ),
});
