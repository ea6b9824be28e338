// Entry of the agent process: reads flags, starts the agent, ends it cleanly on a signal. VMs keep running.
import { stateDirectory } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { pino } from 'pino';
import { startAgent } from './agent.ts';
import { readConfig } from './config.ts';

const config = readConfig(process.argv.slice(2), stateDirectory());
const logger = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const agent = await startAgent(config, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal, keepRunning: agent.runningVms() }, 'ending; VMs keep running');
    agent.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not end cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  if (error instanceof TtError) logger.fatal({ code: error.code, fix: error.fix }, error.message);
  else logger.fatal({ err: error }, 'the agent could not start');
  process.exit(1);
}
