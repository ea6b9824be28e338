// The pieces of a manual page in roff (man(7)), made from the commands of a program.
import type { DocumentedCommand, DocumentedOption } from './documented.ts';

export interface PageHead {
  /** E.g. `tt-agent`. */
  program: string;
  section: 1 | 8;
  version: string;
  /** One line. */
  about: string;
}

export function pageHead({ program, section, version, about }: PageHead): string[] {
  return [
    '.\\" Written by "npm run man" from the command table. Do not edit.',
    `.TH ${roffText(program).toUpperCase()} ${section} "" "TT ${version}" "TT"`,
    '.SH NAME',
    `${roffText(program)} \\- ${roffText(about)}`,
  ];
}

/** One command; `options`: those to list, default all that are not hidden. */
export function commandSection(
  program: string,
  words: string,
  command: DocumentedCommand,
  options: readonly DocumentedOption[] = command.options.filter(({ hidden }) => !hidden),
): string[] {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [
    `.SS ${roffText([program, words, ...args].filter((word) => word !== '').join(' '))}`,
    roffText(sentence(command.description())),
    ...options.flatMap(optionLines),
  ];
}

export function optionLines({ flags, description }: DocumentedOption): string[] {
  return roffPair(flags, description);
}

/** A term and what it means. */
export function roffPair(name: string, about: string): string[] {
  return ['.TP', `.B ${roffText(name)}`, roffText(about)];
}

/** Lines that are shown as they are. */
export function roffExamples(lines: readonly string[]): string[] {
  return ['.nf', ...lines.map((line) => roffText(line)), '.fi'];
}

function sentence(description: string): string {
  return `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
}

/** A list without spaces may be broken behind its commas. */
const LONG_WORD = /\S{60,}/g;

/** Roff takes "\\", a leading "." or "'", and a bare "-" for its own; others are written by their code points. */
export function roffText(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^ -~]/gu,
      (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replaceAll(LONG_WORD, (word) => word.replaceAll(',', ',\\:'))
    .replace(/^[.']/, '\\&$&');
}
