// Entry of the proxy process: reads flags, starts the proxy, and ends it cleanly on a signal.
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { startProxy } from './proxy.ts';

const config = readConfig(process.argv.slice(2));
const logger = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const proxy = await startProxy(config, logger);
  const stop = () => {
    proxy.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not end cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  logger.fatal({ err: error }, 'the proxy could not start');
  process.exit(1);
}
