// `tt-agent run`: starts the agent, reads the configuration again on SIGHUP, ends cleanly on SIGTERM and SIGINT. VMs keep
// running, unless the agent was told to take everything down with it.
import { reportStartFailure } from '@tt/server';
import { ConfigError } from '../config/errors.ts';
import type { AgentConfig } from '../config.ts';
import { holdSignals } from './held-signals.ts';
import { makeLogger } from './logger.ts';
import { isInside, superviseItself } from './tear-down.ts';

/** `entry`: the file that was started, to start it again in a namespace of its own. Never rejects: it ends the process. */
export async function run(read: () => Promise<AgentConfig>, entry: string): Promise<void> {
  const signals = holdSignals();
  const config = await readOrExit(read);
  const logger = makeLogger(config.logLevel);
  try {
    if (config.tearDownOnExit && !(await isInside())) {
      process.exit(await superviseItself(entry, process.argv.slice(2), signals));
    }
    // Only now: the process that stays outside needs nothing of it.
    const { runAgent } = await import('./run-agent.ts');
    await runAgent(config, read, logger, signals);
  } catch (error) {
    reportStartFailure('tt-agent', error, logger);
    process.exit(1);
  }
}

async function readOrExit(read: () => Promise<AgentConfig>): Promise<AgentConfig> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // There is no log yet, and whoever starts it by hand should see it as a compiler would say it.
    process.stderr.write(`error: ${error.code}\n${error.message}\n${error.fix}\n`);
    process.exit(1);
  }
}
