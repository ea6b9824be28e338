// How a tt-agent command that fails and exits reports what went wrong: a message on standard error, exit code 1.
import { printError } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { ConfigError } from '../config/errors.ts';

/** Runs a command; failures that have a code are told in words, all others are faults of the program and thrown on. */
export async function endWithWords(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TtError)) throw error;
    printError(`error: ${error.code}\n${error.message}\n${error.fix}\n`);
    process.exitCode = 1;
  }
}
