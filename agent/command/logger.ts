// The agent's log: each line with the id of the request it belongs to.
import { makeLogger } from '@tt/server';
import type { Logger } from 'pino';
import { requestFields } from '../app/request-scope.ts';
import { ConfigError } from '../config/errors.ts';
import type { AgentConfig } from '../config.ts';

/** Throws LOG_UNWRITABLE. */
export function agentLogger({ logLevel, logFile, configFile }: AgentConfig): Logger {
  try {
    return makeLogger({ level: logLevel, file: logFile, mixin: requestFields });
  } catch (cause) {
    const problem = { path: 'log.file', line: null, column: null, message: String((cause as Error).message) };
    throw new ConfigError('LOG_UNWRITABLE', configFile ?? 'flags', [problem], cause);
  }
}
