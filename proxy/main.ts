// Entry of the proxy process: reads flags, starts the proxy, and ends it cleanly on a signal.
import { printError } from '@tt/client/node';
import { makeLogger, reportStartFailure } from '@tt/server';
import type { Logger } from 'pino';
import { readConfig } from './config.ts';
import { startProxy } from './proxy.ts';

const config = readConfig(process.argv.slice(2));
const logger = openLog();
process.on('uncaughtExceptionMonitor', (error, origin) => logger.fatal({ err: error, origin }, 'the proxy failed'));

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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  // Without certificate files there is nothing to read again: a terminal that is closed ends it, like the other two.
  if (config.ownCertificate === null) process.once('SIGHUP', stop);
  else process.on('SIGHUP', () => void proxy.reload());
} catch (error) {
  reportStartFailure('tt-proxy', error, logger);
  process.exit(1);
}

function openLog(): Logger {
  try {
    return makeLogger({ level: config.logLevel, file: config.logFile });
  } catch (error) {
    printError(`error: the log can't be written: ${(error as Error).message}\n`);
    process.exit(1);
  }
}
