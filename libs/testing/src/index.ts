// For any process: nothing exported here may import @jest/globals. What needs Jest (contract suites, `requires`) is
// exported by ./suites.ts, as @tandem/testing/suites.
export { VirtualClock } from './clock.ts';
export { MemoryLeaseServer, MemoryLeaseStore, type MemoryLeaseOptions } from './fakes/memory-lease-store.ts';
export { acquireBinary, findBinary, program, type Program } from './launch/binary.ts';
export { type Certificates, createCertificates, type KeyPair } from './launch/certificates.ts';
export { containerEngineAnswers } from './launch/container-engine.ts';
export { installPackage } from './launch/debian-package.ts';
export { withFileLock } from './launch/file-lock.ts';
export { type Output } from './launch/output.ts';
export { freePort, freePorts, httpOk, portOpen } from './launch/ports.ts';
export {
  type Exit,
  launch,
  LaunchedProcess,
  type LaunchOptions,
  runToEnd,
  type WaitForLine,
} from './launch/process.ts';
export { type Availability, availability, isMandatory, type Requirement } from './launch/requirement.ts';
export { tempDir, type TempDir } from './launch/temp-dir.ts';
export { delay, until, UntilError, type UntilOptions } from './launch/until.ts';
export { acquireKafka, kafka, type Kafka, kafkaProcess } from './kafka/acquire.ts';
export { KAFKA_VERSIONS, type KafkaVersion } from './kafka/artifacts.ts';
export { type KafkaOptions, KafkaProcess, startKafka } from './kafka/process.ts';
export { type KafkaSecurity, type SaslMechanism, type SecuredListener } from './kafka/security.ts';
export { alertmanager34, type AlertmanagerOptions, launchAlertmanager } from './peers/alertmanager.ts';
export { launchNodeExporter, nodeExporter } from './peers/node-exporter.ts';
export { type Peer, type PeerOptions, programVersion } from './peers/peer.ts';
export {
  launchPrometheus,
  prometheus,
  prometheus3,
  type PrometheusOptions,
  type PrometheusPeer,
} from './peers/prometheus.ts';
export {
  launchVictoriaMetrics,
  launchVmagent,
  victoriaMetrics,
  type VictoriaMetricsPeer,
  vmagent,
  type VmagentOptions,
} from './peers/victoria-metrics.ts';
export { type RedisCluster, startRedisCluster } from './redis/cluster.ts';
export { type RedisAddress, redisCommand, type RedisReply, RedisReplyError } from './redis/command.ts';
export { type RedisSentinels, startRedisSentinels } from './redis/sentinel.ts';
export {
  type RedisControl,
  type RedisServer,
  redisServer,
  type RedisServerOptions,
  startRedisServer,
} from './redis/server.ts';
export {
  acquireRedis,
  redis,
  type RedisEndpoint,
  type RedisWithTls,
  type RedisWithUser,
  startRedisWithTls,
  startRedisWithUser,
} from './redis/standalone.ts';
export { type AlertsPeer, type AlertsPeerOptions, launchAlerts } from './tandem/launch-alerts.ts';
export { launchSink, launchTandem, runTandem, type TandemOptions, type TandemPeer } from './tandem/launch-tandem.ts';
export { MemoryLog } from './fakes/memory-log.ts';
export { MemoryLogStorage } from './fakes/memory-log-storage.ts';
