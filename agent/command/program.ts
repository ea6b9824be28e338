// The command line of `tt-agent`: all commands. What only one of them needs is loaded when it runs: the agent and the checks of
// the doctor are most of the program.
import { type CompletionShell, completionShells } from '@tt/client/command-docs';
import { print, printError } from '@tt/client/node';
import type { Role } from '@tt/protocol';
import { Argument, Command, Option } from 'commander';
import { addConfigFlags } from '../config/flags.ts';
import { checkConfig, showConfig } from './config.ts';
import { firewallOfRunningAgent, printFirewall, type ShowFirewall } from './firewall.ts';
import { linkOfRunningAgent, type MakeLink, printInvitation } from './invite.ts';
import { configReader } from './source.ts';
import { printTokenFile } from './token.ts';
import { addUser } from './user.ts';
import { waitForAgent } from './wait.ts';

/** What the commands ask a running agent for; tests give their own. */
export interface AskAgent {
  showFirewall: ShowFirewall;
  makeLink: MakeLink;
}
const askRunningAgent: AskAgent = { showFirewall: firewallOfRunningAgent, makeLink: linkOfRunningAgent };

/** `entry`: the file that was started. */
export function program(entry: string, { showFirewall, makeLink }: AskAgent = askRunningAgent): Command {
  const root = new Command('tt-agent')
    .configureOutput({ writeOut: print, writeErr: printError })
    .description('Runs the VMs of one host and serves the TT API.')
    .addHelpText('after', '\nWithout a command it runs the agent: see tt-agent run --help for the flags.');
  addConfigFlags(root.command('run', { isDefault: true }).description('run the agent (the default)')).action(
    async (_options, command: Command) => (await import('./run.ts')).run(configReader(command), entry),
  );
  addConfigFlags(
    root
      .command('doctor')
      .description('check what this host lacks for the agent, and say how to fix it')
      .option('--json', 'as JSON'),
  ).action(async ({ json }: { json?: boolean }, command: Command) =>
    (await import('./doctor.ts')).runDoctor(configReader(command), json ?? false),
  );

  const config = root.command('config').description('check and show the configuration');
  config
    .command('check')
    .description('check a configuration file; exit code 1 if it is not valid')
    .addArgument(new Argument('[file]', 'default: the one the agent would read'))
    .action((file: string | undefined, _options, command: Command) => checkConfig(file, configReader(command)));
  addConfigFlags(
    config.command('show').description('print the configuration in force: flags, file and defaults'),
  ).action((_options, command: Command) => showConfig(configReader(command)));

  addConfigFlags(
    root.command('firewall').description('show the firewall').command('show').description('print the active rules'),
  ).action((_options, command: Command) => printFirewall(configReader(command), showFirewall));
  addConfigFlags(
    root.command('token').description('print where the access token is stored, never the token itself'),
  ).action((_options, command: Command) => printTokenFile(configReader(command)));
  addConfigFlags(
    root
      .command('invite')
      .description('print a link that lets one person in, once, within ten minutes')
      .option('--user <name>', 'for a user of the agent, within a day (default: as local, an administrator)'),
  ).action(({ user }: { user?: string }, command: Command) =>
    printInvitation(configReader(command), (config) => makeLink(config, user ?? null)),
  );
  addConfigFlags(root.command('wait').description('wait until the agent answers, two minutes at most')).action(
    (_options, command: Command) => waitForAgent(configReader(command)),
  );
  addConfigFlags(
    root
      .command('backup')
      .description('write the state of this host, without disks, to a file; the agent may be running')
      .argument('<file>', 'a file that does not exist yet; - is standard output')
      .option('--force', 'also over a file that exists')
      .option('--no-audit', 'without the audit trail'),
  ).action(async (file: string, options: { force?: true; audit: boolean }, command: Command) =>
    (await import('./backup.ts')).writeBackup(file, options, configReader(command)),
  );
  addConfigFlags(
    root
      .command('restore')
      .description('restore such a file into a state folder that has not been used, while no agent runs')
      .argument('<file>'),
  ).action(async (file: string, _options, command: Command) =>
    (await import('./backup.ts')).restoreFrom(file, configReader(command)),
  );
  root
    .command('install')
    .description('install the agent as a service of systemd, where there is no package of TT for the distribution')
    .option('--dry-run', 'only print what would be written')
    .action(async ({ dryRun }: { dryRun?: true }) =>
      (await import('./install.ts')).install(root, entry, dryRun === true),
    );
  root
    .command('uninstall')
    .description('remove what install wrote; VMs, configuration and state stay')
    .action(async () => (await import('./install.ts')).uninstall(root));
  root
    .command('user')
    .description('give other users access')
    .command('add')
    .description('create a token for a user and print the entry for the configuration file (see also: tt user add)')
    .argument('<name>')
    .addOption(new Option('--role <role>').choices(['admin', 'user', 'viewer']).default('user'))
    .action((name: string, { role }: { role: Role }) => addUser(name, role));
  root
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(completionShells))
    .action(async (shell: CompletionShell) => (await import('./completion.ts')).printCompletion(shell, root));
  return root;
}
