// The agent's log: one JSON object a line on standard output, each with the id of the request it belongs to.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';
import { requestFields } from '../app/request-scope.ts';

/** `destination` is for tests. */
export function makeLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: requestFields };
  return destination ? pino(options, destination) : pino(options);
}
