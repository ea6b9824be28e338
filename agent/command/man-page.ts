// The manual page tt-agent(8), made from its commands. `npm run man` writes it.
import { commandSection, documentedLeaves, optionLines, pageHead, roffPair, roffText } from '@tt/client/command-docs';
import type { Command } from 'commander';
import { AGENT_VERSION } from '../version.ts';

/** The whole page; the same for the same commands. */
export function agentManPage(program: Command): string {
  const leaves = documentedLeaves(program);
  const shared = leaves.find(({ words }) => words === 'run')?.command.options ?? [];
  const names = new Set(shared.map(({ flags }) => flags));
  return [
    ...pageHead({
      program: 'tt-agent',
      section: 8,
      version: AGENT_VERSION,
      about: 'runs the virtual machines of one host for TT',
    }),
    '.SH SYNOPSIS',
    '.B tt\\-agent',
    '.RI [ command ]',
    '.RI [ arguments ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    roffText('tt-agent runs the VMs of its host and serves the API of TT to the window, to tt(1) and to browsers.'),
    roffText('Without a command it runs the agent.'),
    roffText('Installed as a service it is started by systemd: see "systemctl status tt-agent".'),
    '.SH COMMANDS',
    ...leaves.flatMap(({ words, command }) => {
      const own = command.options.filter(({ flags, hidden }) => !hidden && !names.has(flags));
      const isShared = own.length < command.options.filter(({ hidden }) => !hidden).length;
      return [
        ...commandSection('tt-agent', words, command, own),
        ...(isShared ? ['.PP', roffText('Takes the options of the configuration, see below.')] : []),
      ];
    }),
    '.SH CONFIGURATION OPTIONS',
    roffText('They override the configuration file, of which each sets one key.'),
    ...shared.flatMap(optionLines),
    '.SH EXIT STATUS',
    ...roffPair('0', 'success'),
    ...roffPair('1', 'it failed, and says why on standard error, with a code'),
    '.SH ENVIRONMENT',
    ...roffPair('TT_HOME', 'the state folder, unless flags or configuration name one'),
    '.SH FILES',
    ...roffPair('/etc/tt/agent.yaml', 'the configuration, if root runs the agent'),
    ...roffPair('/var/lib/tt', 'the state folder of the service'),
    '.SH SIGNALS',
    ...roffPair('SIGHUP', 'reads the configuration again'),
    ...roffPair('SIGTERM, SIGINT', 'end the agent; VMs keep running'),
    '.SH SEE ALSO',
    '.BR tt (1),',
    '.BR tt\\-proxy (8)',
    '',
  ].join('\n');
}
