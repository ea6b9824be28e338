// The whole of `tt`: assembles the commands and turns every result into an exit code. main.ts runs it with its arguments.
import { TtError } from '@tt/protocol';
import { Command, CommanderError } from 'commander';
import { group, meantBy, type Part } from './command-parts.ts';
import { exitCodes } from './exit-codes.ts';
import { withCommonOptions } from './common-options.ts';
import { withHelpTexts } from './help-texts.ts';
import { inOneLine, printFailure, printJsonInLines } from './output.ts';
import { refuseRepetitions } from './repeated-options.ts';
import { beQuiet, print, printError } from './terminal.ts';
import { withVerbAliases } from './verb-aliases.ts';
import { VERSION_TEXT } from './version.ts';

/** The commands of `tt env`, in the order of the help. */
const envParts: readonly Part[] = [
  { words: ['add', 'add-vm', 'remove-vm'], load: async () => (await import('./commands/env-make.ts')).addEnvMakers },
  { words: ['install', 'ssh-key'], load: async () => (await import('./commands/env-install.ts')).addEnvInstallers },
  { words: ['ssh-config'], load: async () => (await import('./commands/ssh.ts')).addSshConfigCommand },
  { words: ['list', 'show'], load: async () => (await import('./commands/env-read.ts')).addEnvReaders },
  { words: ['recordings'], load: async () => (await import('./commands/env-recordings.ts')).addEnvRecordings },
  {
    words: ['update', 'extend', 'shorten'],
    load: async () => (await import('./commands/env-change.ts')).addEnvChangers,
  },
  { words: ['export'], load: async () => (await import('./commands/env-export.ts')).addEnvExport },
  { words: ['start', 'stop', 'del'], load: async () => (await import('./commands/env-life.ts')).addEnvLife },
  { words: ['bin', 'restore', 'purge'], load: async () => (await import('./commands/env-bin.ts')).addEnvBin },
  { words: ['run'], load: async () => (await import('./commands/env-run.ts')).addRunCommand },
  { words: ['clone'], load: async () => (await import('./commands/fork.ts')).addEnvCloneCommand },
  { words: ['push', 'get'], load: async () => (await import('./commands/guest-files.ts')).addEnvFiles },
];

/** The commands by their first word, in the order of the help. */
const parts: readonly Part[] = [
  group('env', 'ENVs: groups of VMs with a lifetime', envParts),
  { words: ['apply', 'diff'], load: async () => (await import('./commands/env-file.ts')).addEnvFileCommands },
  { words: ['matrix'], load: async () => (await import('./commands/matrix.ts')).addMatrixCommands },
  { words: ['vm'], load: async () => (await import('./commands/vm.ts')).addVmCommands },
  { words: ['run'], load: async () => (await import('./commands/run.ts')).addRunCommands },
  { words: ['disk', 'cd'], load: async () => (await import('./commands/disk.ts')).addDiskCommands },
  { words: ['snapshot'], load: async () => (await import('./commands/snapshot.ts')).addSnapshotCommands },
  { words: ['capsule'], load: async () => (await import('./commands/capsule.ts')).addCapsuleCommands },
  { words: ['console', 'vnc'], load: async () => (await import('./commands/console.ts')).addConsoleCommands },
  { words: ['ssh'], load: async () => (await import('./commands/ssh.ts')).addSshCommand },
  { words: ['image'], load: async () => (await import('./commands/image.ts')).addImageCommands },
  { words: ['template'], load: async () => (await import('./commands/template.ts')).addTemplateCommands },
  { words: ['profile'], load: async () => (await import('./commands/profile.ts')).addProfileCommands },
  { words: ['lab'], load: async () => (await import('./commands/lab.ts')).addLabCommands },
  { words: ['status', 'open'], load: async () => (await import('./commands/status.ts')).addStatusCommands },
  { words: ['doctor'], load: async () => (await import('./commands/doctor.ts')).addDoctorCommand },
  { words: ['host'], load: async () => (await import('./commands/administration.ts')).addHostGroup },
  { words: ['me', 'firewall'], load: async () => (await import('./commands/host.ts')).addHostCommands },
  { words: ['top'], load: async () => (await import('./commands/top.ts')).addTopCommand },
  { words: ['operation'], load: async () => (await import('./commands/operation.ts')).addOperationCommands },
  { words: ['event'], load: async () => (await import('./commands/event.ts')).addEventCommand },
  { words: ['audit'], load: async () => (await import('./commands/audit.ts')).addAuditCommand },
  { words: ['transfer'], load: async () => (await import('./commands/transfer.ts')).addTransferCommands },
  { words: ['session'], load: async () => (await import('./commands/session.ts')).addSessionsOfBrowsersCommands },
  { words: ['user'], load: async () => (await import('./commands/user.ts')).addUserCommands },
  { words: ['team'], load: async () => (await import('./commands/team.ts')).addTeamCommands },
  { words: ['token'], load: async () => (await import('./commands/token.ts')).addTokenCommands },
  { words: ['config'], load: async () => (await import('./commands/config.ts')).addConfigCommand },
  { words: ['login', 'logout'], load: async () => (await import('./commands/login.ts')).addLoginCommands },
  { words: ['agent'], load: async () => (await import('./commands/agent.ts')).addAgentCommand },
  {
    words: ['completion', 'complete'],
    load: async () => (await import('./commands/completion.ts')).completionCommands(allCommands),
  },
];

/** Runs `tt` with these words, e.g. `['env', 'list']`; resolves with the exit code. */
export async function runTt(words: readonly string[]): Promise<number> {
  const own = ownWords(words);
  const json = own.includes('--json');
  // What commander writes about a wrong command line; with --json it becomes the problem of an error.
  let said = '';
  const program = await makeProgram(words, (text) => {
    if (json) said += text;
    else printError(text);
  });
  beQuiet(false);
  program.hook('preAction', (_program, command) => beQuiet(command.optsWithGlobals()['quiet'] === true));
  try {
    if (isWatching(own)) await watch(words);
    else await program.parseAsync(words, { from: 'user' });
    // A command that did its work and has bad news sets it itself.
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, json ? said : null, helpFor(program, own));
    return endingOf(error, json);
  }
}

/** Without what stands behind `--`, which is for another program. */
function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

function isWatching(words: readonly string[]): boolean {
  return words.includes('--watch') || words.includes('-w');
}

/** A command runs once per program, so each showing makes its own. */
async function watch(words: readonly string[]): Promise<void> {
  const { watchWith } = await import('./watch.ts');
  printJsonInLines(true);
  try {
    await watchWith(async () => (await makeProgram(words, printError)).parseAsync(words, { from: 'user' }));
  } finally {
    printJsonInLines(false);
  }
}

/** All of `tt` with every command, for tests and for what is made of the command table. */
export function allCommands(): Promise<Command> {
  return commandsFor([]);
}

/** `tt` with the commands that are loaded for these words. */
export function commandsFor(words: readonly string[]): Promise<Command> {
  return makeProgram(words, printError);
}

async function makeProgram(words: readonly string[], writeErr: (text: string) => void): Promise<Command> {
  const program = new Command('tt')
    .description('TT: ENVs of VMs for testing, from the command line.')
    .version(VERSION_TEXT)
    .showHelpAfterError('(run with --help for the options)')
    .configureOutput({ writeOut: print, writeErr })
    .exitOverride();
  for (const add of await meantBy(parts, words)) add(program);
  return refuseRepetitions(withHelpTexts(withVerbAliases(withCommonOptions(program))));
}

function endingOf(error: unknown, json: boolean): number {
  if (error instanceof TtError && error.code === 'OPERATION_CANCELLED') {
    printFailure(error, json);
    return exitCodes.interrupted;
  }
  return printFailure(error, json);
}

/** `said`: what commander wrote, to be printed as an error in JSON; null when it is printed already. `help`: where to read on. */
function usage(error: CommanderError, said: string | null, help: string): number {
  // Help and version are not failures.
  if (error.exitCode === 0) return exitCodes.ok;
  // Thrown inside an action (bad token, bad port): not printed yet.
  const isUnsaid = error.code === 'commander.invalidArgument' && !error.message.startsWith('error:');
  if (said === null) {
    if (isUnsaid) printError(`tt: ${inOneLine(error.message)}\n`);
    return exitCodes.usage;
  }
  const [problem = ''] = (isUnsaid ? error.message : said).replace(/^error: /, '').split('\n');
  const near = /\(Did you mean (?:one of )?([^?]+)\?\)/.exec(said)?.[1]?.split(', ') ?? [];
  return printFailure(new TtError('COMMAND_LINE_INVALID', { problem, help, suggestions: near }), true);
}

/** Of the innermost command that the words name, under its own name. */
function helpFor(program: Command, words: readonly string[]): string {
  const names = [program.name()];
  let command = program;
  for (const word of words) {
    if (word.startsWith('-')) continue;
    const inner = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!inner) break;
    names.push(inner.name());
    command = inner;
  }
  return [...names, '--help'].join(' ');
}
