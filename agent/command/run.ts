// `tt-agent run`: starts the agent, reloads the configuration on SIGHUP, ends cleanly on SIGTERM and SIGINT. VMs keep running
// unless the agent was started with `--tear-down-on-exit`.
import { printError } from '@tt/client/node';
import { type LogTail, reportStartFailure } from '@tt/server';
import type { Logger } from 'pino';
import { ConfigError } from '../config/errors.ts';
import type { AgentConfig } from '../config.ts';
import { holdSignals } from './held-signals.ts';
import { agentLogger } from './logger.ts';
import { isInside, superviseItself } from './tear-down.ts';

/** `entry`: the file that was started, to start it again in a separate namespace. Never rejects: it ends the process. */
export async function run(read: () => Promise<AgentConfig>, entry: string): Promise<void> {
  const signals = holdSignals();
  const { config, logger, logTail } = await readOrExit(read);
  // Node writes it to standard error too, and then ends the process; where the log is a file nobody may see that.
  process.on('uncaughtExceptionMonitor', (error, origin) => logger.fatal({ err: error, origin }, 'the agent failed'));
  try {
    if (config.tearDownOnExit && !(await isInside())) {
      process.exit(await superviseItself(entry, process.argv.slice(2), signals));
    }
    // Only now: the process that stays outside needs nothing of it.
    const { runAgent } = await import('./run-agent.ts');
    await runAgent(config, read, { logger, logTail }, signals, entry);
  } catch (error) {
    reportStartFailure('tt-agent', error, logger);
    process.exit(1);
  }
}

async function readOrExit(
  read: () => Promise<AgentConfig>,
): Promise<{ config: AgentConfig; logger: Logger; logTail: LogTail }> {
  try {
    const config = await read();
    return { config, ...agentLogger(config) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // There is no log yet, and whoever starts it by hand should see it as a compiler would say it.
    printError(`error: ${error.code}\n${error.message}\n${error.fix}\n`);
    process.exit(1);
  }
}
