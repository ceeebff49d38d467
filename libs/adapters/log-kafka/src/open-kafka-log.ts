import { type Log, LogError } from '@tandem/stream';
import { NO_LOGGER } from '@tandem/telemetry';
import { KafkaLog } from './kafka-log.ts';
import { type KafkaLogOptions } from './options.ts';

/**
 * Opens the log on Kafka. Brokers that cannot be reached yet are no error: calls fail with `unavailable`, and reads and
 * memberships wait, until they can be.
 *
 * @throws {LogError} `misconfigured`: a bad address, a certificate or a login that is refused
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const log = new KafkaLog(options);
  try {
    await log.ping();
  } catch (error) {
    if (error instanceof LogError && error.reason === 'misconfigured') {
      await log.close();
      throw error;
    }
    const cause = error instanceof Error ? error.message : String(error);
    (options.logger ?? NO_LOGGER).warn({ brokers: options.brokers.join(','), cause }, 'Kafka cannot be reached yet');
  }
  return log;
}
