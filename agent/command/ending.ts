// How a short-running tt-agent command reports a failure: a message on standard error and exit code 1.
import { printError } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { ConfigError } from '../config/errors.ts';

/** Runs a command; failures with a code are reported as text, all others are bugs and rethrown. */
export async function endWithWords(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TtError)) throw error;
    printError(`error: ${error.code}\n${error.message}\n${error.fix}\n`);
    process.exitCode = 1;
  }
}
