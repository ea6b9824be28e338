// Entry of `tt`: puts the commands together and turns every end into an exit code.
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
import { addSnapshotCommands } from './commands/snapshot.ts';
import { addStatusCommands } from './commands/status.ts';
import { addTopCommand } from './commands/top.ts';
import { addVmCommands } from './commands/vm.ts';
import { exitCodes } from './exit-codes.ts';
import { printFailure } from './output.ts';

const program = new Command('tt')
  .description('TT: ENVs of VMs for testing, from the command line.')
  .version('0.1.0')
  .showHelpAfterError('(run with --help for the options)')
  .exitOverride();

addConfigCommand(program);
addStatusCommands(program);
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

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = endingOf(error);
}

function endingOf(error: unknown): number {
  // commander has printed its own message; help and version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : usage(error);
  if (error instanceof TtError && error.code === 'OPERATION_CANCELLED') {
    printFailure(error, process.argv.includes('--json'));
    return exitCodes.interrupted;
  }
  return printFailure(error, process.argv.includes('--json'));
}

/** Errors thrown inside an action (bad token, bad port) have not been printed yet. */
function usage(error: CommanderError): number {
  if (error.code === 'commander.invalidArgument' && !error.message.startsWith('error:')) {
    process.stderr.write(`tt: ${error.message}\n`);
  }
  return exitCodes.usage;
}
