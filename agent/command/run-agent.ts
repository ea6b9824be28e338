// The agent as a process: applies configuration reloads, and ends on SIGTERM and SIGINT.
import type { LogTail } from '@tt/server';
import type { Logger } from 'pino';
import { startAgent } from '../agent.ts';
import { LiveConfig } from '../config/live-config.ts';
import type { AgentConfig } from '../config.ts';
import type { HeldSignals } from './held-signals.ts';

/** Resolves once it answers calls; rejects when it can't start. `read` reads flags and file again, for SIGHUP; `entry`: the file that was started. */
export async function runAgent(
  config: AgentConfig,
  read: () => Promise<AgentConfig>,
  { logger, logTail }: { logger: Logger; logTail: LogTail },
  signals: HeldSignals,
  entry: string,
): Promise<void> {
  const live = new LiveConfig(config, read, logger);
  live.onChange(({ logLevel }) => {
    logger.level = logLevel;
  });
  const agent = await startAgent(config, logger, {}, live, logTail, entry);
  let stopping = false;
  signals.take((signal) => {
    if (signal === 'SIGHUP') void live.reload();
    else if (!stopping) {
      stopping = true;
      const vms = config.tearDownOnExit ? { endWithIt: agent.runningVms() } : { keepRunning: agent.runningVms() };
      logger.info({ signal, ...vms }, config.tearDownOnExit ? 'ending, with all VMs' : 'ending; VMs keep running');
      agent.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'could not end cleanly');
          process.exit(1);
        },
      );
    }
  });
}
