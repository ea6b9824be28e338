// The agent's log: each line with the id of the request it belongs to.
import { LogTail, makeLogger } from '@tt/server';
import type { Logger } from 'pino';
import { requestFields } from '../app/request-scope.ts';
import { ConfigError } from '../config/errors.ts';
import type { AgentConfig } from '../config.ts';

/** The log, and its newest lines for administrators. Throws LOG_UNWRITABLE. */
export function agentLogger({ logLevel, logFile, configFile }: AgentConfig): { logger: Logger; logTail: LogTail } {
  const logTail = new LogTail();
  try {
    return { logger: makeLogger({ level: logLevel, file: logFile, mixin: requestFields, tail: logTail }), logTail };
  } catch (cause) {
    const problem = { path: 'log.file', line: null, column: null, message: (cause as Error).message };
    throw new ConfigError('LOG_UNWRITABLE', configFile ?? 'flags', [problem], cause);
  }
}
