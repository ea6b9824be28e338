// The command line of `tt-agent`: all commands.
import { print, printError } from '@tt/client/node';
import { Argument, Command, Option } from 'commander';
import { addConfigFlags } from '../config/flags.ts';
import { checkConfig, showConfig } from './config.ts';
import { runDoctor } from './doctor.ts';
import { firewallOfRunningAgent, printFirewall, type ShowFirewall } from './firewall.ts';
import { run } from './run.ts';
import { configReader } from './source.ts';
import { printTokenFile } from './token.ts';
import { addUser } from './user.ts';

/** `entry`: the file that was started. `showFirewall`: where `firewall show` gets its text from. */
export function program(entry: string, showFirewall: ShowFirewall = firewallOfRunningAgent): Command {
  const root = new Command('tt-agent')
    .configureOutput({ writeOut: print, writeErr: printError })
    .description('Runs the VMs of one host and answers the TT API for them.')
    .addHelpText('after', '\nWithout a command it runs the agent: see tt-agent run --help for the flags.');
  addConfigFlags(root.command('run', { isDefault: true }).description('runs the agent (the default)')).action(
    (_options, command: Command) => run(configReader(command), entry),
  );
  addConfigFlags(
    root
      .command('doctor')
      .description('says what this host lacks for the agent, and how to fix it')
      .option('--json', 'as JSON'),
  ).action(({ json }: { json?: boolean }, command: Command) => runDoctor(configReader(command), json ?? false));

  const config = root.command('config').description('checks and shows the configuration');
  config
    .command('check')
    .description('says what is wrong with a configuration file; exit code 1 when anything is')
    .addArgument(new Argument('[file]', 'default: the one the agent would read'))
    .action((file: string | undefined, _options, command: Command) => checkConfig(file, configReader(command)));
  addConfigFlags(config.command('show').description('prints what is in force: flags, file and defaults')).action(
    (_options, command: Command) => showConfig(configReader(command)),
  );

  addConfigFlags(
    root
      .command('firewall')
      .description('looks at the firewall')
      .command('show')
      .description('prints the rules in force'),
  ).action((_options, command: Command) => printFirewall(configReader(command), showFirewall));
  addConfigFlags(root.command('token').description('prints where the access token is kept, never the token')).action(
    (_options, command: Command) => printTokenFile(configReader(command)),
  );
  root
    .command('user')
    .description('lets others in')
    .command('add')
    .description('makes a token for a user and prints the entry for the configuration file')
    .argument('<name>')
    .addOption(new Option('--role <role>').choices(['admin', 'user']).default('user'))
    .action((name: string, { role }: { role: 'admin' | 'user' }) => addUser(name, role));
  return root;
}
