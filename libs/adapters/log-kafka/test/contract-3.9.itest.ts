import { kafkaProcess } from '@tandem/testing';
import { describeLogContract, requires } from '@tandem/testing/suites';
import { KafkaHarness } from './support/kafka-harness.ts';

const describeWith = await requires(kafkaProcess);

describeWith('on Kafka 3.9.1', () => {
  describeLogContract('the log on Kafka', new KafkaHarness({ version: '3.9.1' }));
});
