// The whole of `tt`: assembles the commands and turns every result into an exit code. main.ts runs it with its arguments.
import { TtError } from '@tt/protocol';
import { Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { inOneLine, printFailure } from './output.ts';
import { refuseRepetitions } from './repeated-options.ts';
import { print, printError } from './terminal.ts';
import { withVerbAliases } from './verb-aliases.ts';

type Adder = (program: Command) => void;

/** The commands by their first word, in the order of the help. Each part is loaded when one of its words is used. */
const parts: readonly { words: readonly string[]; load: () => Promise<Adder> }[] = [
  { words: ['agent'], load: async () => (await import('./commands/agent.ts')).addAgentCommand },
  { words: ['config'], load: async () => (await import('./commands/config.ts')).addConfigCommand },
  { words: ['status', 'open'], load: async () => (await import('./commands/status.ts')).addStatusCommands },
  { words: ['session'], load: async () => (await import('./commands/session.ts')).addSessionsOfBrowsersCommands },
  { words: ['me', 'firewall'], load: async () => (await import('./commands/host.ts')).addHostCommands },
  { words: ['top'], load: async () => (await import('./commands/top.ts')).addTopCommand },
  { words: ['env'], load: async () => (await import('./commands/env.ts')).addEnvCommands },
  { words: ['vm'], load: async () => (await import('./commands/vm.ts')).addVmCommands },
  { words: ['disk', 'cd'], load: async () => (await import('./commands/disk.ts')).addDiskCommands },
  { words: ['snapshot'], load: async () => (await import('./commands/snapshot.ts')).addSnapshotCommands },
  { words: ['capsule'], load: async () => (await import('./commands/capsule.ts')).addCapsuleCommands },
  { words: ['image'], load: async () => (await import('./commands/image.ts')).addImageCommands },
  { words: ['lab'], load: async () => (await import('./commands/lab.ts')).addLabCommands },
  { words: ['profile'], load: async () => (await import('./commands/profile.ts')).addProfileCommands },
];

/** What adds the command that is meant; all of them for the help, for options, and for what is none of them. */
function addersFor([first]: readonly string[]): Promise<Adder[]> {
  const meant = parts.filter(({ words }) => first !== undefined && words.includes(first));
  return Promise.all((meant.length > 0 ? meant : parts).map(({ load }) => load()));
}

/** Runs `tt` with these words, e.g. `['env', 'list']`; resolves with the exit code. */
export async function runTt(words: readonly string[]): Promise<number> {
  const program = await makeProgram(words);
  try {
    await program.parseAsync(words, { from: 'user' });
    // A command that did its work and has bad news sets it itself.
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.ok;
  } catch (error) {
    return endingOf(error, words.includes('--json'));
  }
}

/** All of `tt` with every command, for tests that read its help. */
export function allCommands(): Promise<Command> {
  return makeProgram([]);
}

async function makeProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('tt')
    .description('TT: ENVs of VMs for testing, from the command line.')
    .version('0.1.0')
    .showHelpAfterError('(run with --help for the options)')
    .configureOutput({ writeOut: print, writeErr: printError })
    .exitOverride();
  for (const add of await addersFor(words)) add(program);
  return refuseRepetitions(withVerbAliases(program));
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
    printError(`tt: ${inOneLine(error.message)}\n`);
  }
  return exitCodes.usage;
}
