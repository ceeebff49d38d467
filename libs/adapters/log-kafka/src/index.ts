export { openKafkaLog } from './open-kafka-log.ts';
export { type KafkaLogOptions, type KafkaSasl, type KafkaTls } from './options.ts';
