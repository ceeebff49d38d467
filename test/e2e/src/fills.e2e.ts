import { prometheus, prometheus3, victoriaMetrics } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { describeFill } from './fill-scenario.ts';

const describeWith = await requires(prometheus, victoriaMetrics);
const describeWithPrometheus3 = await requires(prometheus3);

describeWith('a target that only the elected replica cannot scrape, before tandem up', () => {
  describeFill({ title: 'Prometheus of the distribution', packaged: true, namesTenants: false });

  describeWithPrometheus3('Prometheus 3', () => {
    describeFill({
      title: 'with remote write 2.0',
      packaged: false,
      namesTenants: true,
      protobufMessage: 'io.prometheus.write.v2.Request',
    });
  });
});
