// All of `tt`: puts the commands together and turns every end into an exit code. main.ts runs it with the words it was given.
import { TtError } from '@tt/protocol';
import { Command, CommanderError } from 'commander';
import { addCapsuleCommands } from './commands/capsule.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDiskCommands } from './commands/disk.ts';
import { addEnvCommands } from './commands/env.ts';
import { addHostCommands } from './commands/host.ts';
import { addImageCommands } from './commands/image.ts';
import { addLabCommands } from './commands/lab.ts';
import { addProfileCommands } from './commands/profile.ts';
import { addSessionsOfBrowsersCommands } from './commands/session.ts';
import { addSnapshotCommands } from './commands/snapshot.ts';
import { addStatusCommands } from './commands/status.ts';
import { addTopCommand } from './commands/top.ts';
import { addVmCommands } from './commands/vm.ts';
import { exitCodes } from './exit-codes.ts';
import { printFailure } from './output.ts';

/** Runs `tt` with these words, e.g. `['env', 'list']`; resolves with the exit code. */
export async function runTt(words: readonly string[]): Promise<number> {
  const program = makeProgram();
  try {
    await program.parseAsync(words, { from: 'user' });
    // A command that did its work and has bad news sets it itself.
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.ok;
  } catch (error) {
    return endingOf(error, words.includes('--json'));
  }
}

function makeProgram(): Command {
  const program = new Command('tt')
    .description('TT: ENVs of VMs for testing, from the command line.')
    .version('0.1.0')
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride();
  addConfigCommand(program);
  addStatusCommands(program);
  addSessionsOfBrowsersCommands(program);
  addHostCommands(program);
  addTopCommand(program);
  addEnvCommands(program);
  addVmCommands(program);
  addDiskCommands(program);
  addSnapshotCommands(program);
  addCapsuleCommands(program);
  addImageCommands(program);
  addLabCommands(program);
  addProfileCommands(program);
  return program;
}

function endingOf(error: unknown, json: boolean): number {
  // commander has printed its own message; help and version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : usage(error);
  if (error instanceof TtError && error.code === 'OPERATION_CANCELLED') {
    printFailure(error, json);
    return exitCodes.interrupted;
  }
  return printFailure(error, json);
}

/** Errors thrown inside an action (bad token, bad port) have not been printed yet. */
function usage(error: CommanderError): number {
  if (error.code === 'commander.invalidArgument' && !error.message.startsWith('error:')) {
    process.stderr.write(`tt: ${error.message}\n`);
  }
  return exitCodes.usage;
}
