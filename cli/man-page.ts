// The manual page tt(1), made from the command table: roff for `man` (man(7)). `npm run man` writes it.
import type { Command, Option } from 'commander';
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
    '.\\" Written by "npm run man" from the command table. Do not edit.',
    `.TH TT 1 "" "TT ${TT_VERSION}" "TT"`,
    '.SH NAME',
    'tt \\- ENVs of virtual machines for testing, from the command line',
    '.SH SYNOPSIS',
    '.B tt',
    '.I command',
    '.RI [ arguments ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    text('tt talks to the private agent of this computer, or to the server chosen with "tt config".'),
    text('Every command explains itself with --help.'),
    '.SH COMMANDS',
    ...leavesOf(program).flatMap(({ words, command }) => commandLines(words, command)),
    '.SH EXAMPLES',
    '.nf',
    ...(examples[''] ?? []).map((line) => text(`$ ${line}`)),
    '.fi',
    '.SH EXIT STATUS',
    ...Object.entries(exitTexts).flatMap(([name, about]) => [
      '.TP',
      `.B ${exitCodes[name as keyof typeof exitCodes]}`,
      text(about),
    ]),
    '.SH ENVIRONMENT',
    ...pair('TT_HOME', 'the state folder of the private agent; default: tt below XDG_DATA_HOME, or ~/.local/share/tt'),
    ...pair('TT_TOKEN', 'the access token for "tt config", and for a server without a kept token'),
    '.SH FILES',
    ...pair('cli.json', 'in the state folder: the chosen server and its token, readable only by you'),
    '',
  ].join('\n');
}

function commandLines(words: string, command: Command): string[] {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.filter(({ hidden }) => !hidden);
  const lines = examples[words] ?? [];
  return [
    `.SS ${text(['tt', words, ...args].join(' '))}`,
    text(sentence(command.description())),
    ...options.flatMap(optionLines),
    ...(lines.length === 0 ? [] : ['.PP', '.nf', ...lines.map((line) => text(`$ ${line}`)), '.fi']),
  ];
}

function optionLines({ flags, description }: Option): string[] {
  return ['.TP', `.B ${text(flags)}`, text(description)];
}

function pair(name: string, about: string): string[] {
  return ['.TP', `.B ${name}`, text(about)];
}

function sentence(description: string): string {
  return `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
}

/** Roff takes "\\", a leading "." or "'", and a bare "-" for its own; others are written by their code points. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^ -~]/gu,
      (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^[.']/, '\\&$&');
}
