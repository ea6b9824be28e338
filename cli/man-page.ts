// The manual page tt(1), made from the command table: roff for `man` (man(7)). `npm run man` writes it.
import { commandSection, pageHead, roffExamples, roffPair, roffText as text } from '@tt/client/command-docs';
import type { Command } from 'commander';
import { leavesOf } from './command-tree.ts';
import { exitCodes } from './exit-codes.ts';
import { examples } from './help-texts.ts';
import { TT_VERSION } from './version.ts';

const exitTexts: Record<keyof typeof exitCodes, string> = {
  ok: 'success',
  failed: 'it failed, and no other code fits',
  usage: 'the command line or an input was wrong',
  notFound: 'the ENV, VM, image or snapshot does not exist',
  conflict: 'it conflicts with the present state: name taken, busy, not running, must be stopped, expired',
  noCapacity: 'not enough processors, memory, disk, ports, addresses, seats or quota',
  unreachable: 'no agent answers',
  unauthorized: 'access denied, not allowed, or not yours',
  runFailed: 'the command of a run failed, was killed or took too long on a VM',
  guestUnreachable: 'a guest was not reached, or nobody knows how the command of a run ended there',
  different: '`tt diff` found differences',
  interrupted: 'ended by Ctrl-C, after cancelling',
};

/** The whole page; the same for the same commands. */
export function manPage(program: Command): string {
  return [
    ...pageHead({
      program: 'tt',
      section: 1,
      version: TT_VERSION,
      about: 'ENVs of virtual machines for testing, from the command line',
    }),
    '.SH SYNOPSIS',
    '.B tt',
    '.I command',
    '.RI [ arguments ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    text('tt talks to the private agent of this computer, or to the server chosen with "tt config".'),
    text('Every command explains itself with --help.'),
    '.SH COMMANDS',
    ...leavesOf(program).flatMap(({ words, command }) => [
      ...commandSection('tt', words, command),
      ...(examples[words] ? ['.PP', ...shown(examples[words])] : []),
    ]),
    '.SH EXAMPLES',
    ...shown(examples[''] ?? []),
    '.SH EXIT STATUS',
    ...Object.entries(exitTexts).flatMap(([name, about]) => [
      '.TP',
      `.B ${exitCodes[name as keyof typeof exitCodes]}`,
      text(about),
    ]),
    '.SH ENVIRONMENT',
    ...roffPair(
      'TT_HOME',
      'the state folder of the private agent; default: tt below XDG_DATA_HOME, or ~/.local/share/tt',
    ),
    ...roffPair('TT_TOKEN', 'the access token for "tt config", and for a server without a kept token'),
    '.SH FILES',
    ...roffPair('cli.json', 'in the state folder: the chosen server and its token, readable only by you'),
    '',
  ].join('\n');
}

function shown(lines: readonly string[]): string[] {
  return roffExamples(lines.map((line) => `$ ${line}`));
}
