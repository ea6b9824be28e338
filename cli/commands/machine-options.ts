// Flags, `--vm` keys and lines of text for the plain properties of a machine, all from the table of the contract: a new property
// needs no line here.
import {
  choicesOf,
  type MachineField,
  newDefaultOf,
  type PlainFieldName,
  plainFieldNames,
  plainFields,
  type PlainSpec,
  rangeOf,
} from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from './option-values.ts';

/** Properties whose flag is not their name. */
const shortFlags: Partial<Record<PlainFieldName, string>> = { cpuCount: 'cpu', memoryMiB: 'mem' };
/** Properties whose flag also is one letter. */
const letters: Partial<Record<PlainFieldName, string>> = { cpuCount: 'C', memoryMiB: 'M' };

interface PlainFlag {
  name: PlainFieldName;
  /** Without dashes, as it also stands in `--vm`. */
  flag: string;
  /** As commander names it. */
  key: string;
  /** What stands behind the flag in the help. */
  value: string;
  /** For the example of `--vm`. */
  sample: string;
  read: (text: string) => PlainSpec[PlainFieldName];
  field: MachineField;
}

export const plainFlags: readonly PlainFlag[] = plainFieldNames.map((name) => {
  const field: MachineField = plainFields[name];
  const flag = shortFlags[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const key = flag.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
  const choices = choicesOf(name);
  return {
    name,
    flag,
    key,
    value: choices ? choices.join('|') : (field.unit ?? 'n'),
    sample: choices ? (choices.at(-1) ?? '') : String(2 * Number(field.default)),
    read: readerOf(name, flag) as PlainFlag['read'],
    field,
  };
});

function readerOf(name: PlainFieldName, flag: string): (text: string) => unknown {
  const range = rangeOf(name);
  if (range) return wholeNumber(range.min, range.max);
  const choices = choicesOf(name) ?? [];
  return (text) => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`"${text}" is not a value of --${flag}; write ${choices.join(' or ')}.`);
  };
}

/** How one property is read; for commands that take only some of them. */
export function plainReader<Name extends PlainFieldName>(name: Name): (text: string) => PlainSpec[Name] {
  const found = plainFlags.find((flag) => flag.name === name);
  if (!found) throw new Error(`no flag for ${name}`);
  return found.read as (text: string) => PlainSpec[Name];
}

/** Adds a flag for each property; `about` says what the help adds to its sentence. */
export function withPlainOptions(command: Command, about: (field: MachineField) => string): Command {
  for (const { name, flag, value, read, field } of plainFlags) {
    const letter = letters[name];
    const text = field.text.replace(/\.$/, '');
    const more = about(field);
    command.option(
      `${letter === undefined ? '' : `-${letter}, `}--${flag} <${value}>`,
      `${text.charAt(0).toLowerCase()}${text.slice(1)}${more === '' ? '' : `; ${more}`}`,
      read,
    );
  }
  return command;
}

/** What the help says where the request of a new machine says nothing. */
export function defaultOf({ defaultText, newDefault, default: value }: MachineField): string {
  return `default: ${defaultText ?? String(newDefault ?? value)}`;
}

/** The properties that were given. */
export function plainOptionsFrom(options: object): Partial<PlainSpec> {
  const given = plainFlags.flatMap(({ name, key }) => {
    const value = (options as Record<string, unknown>)[key];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as Partial<PlainSpec>;
}

/** For people: the choices of a machine that are not the default, `firmware uefi, boot-from cd`; empty when there is none. */
export function choicesText(spec: PlainSpec): string {
  return plainFlags
    .filter(({ name }) => choicesOf(name) !== null && spec[name] !== newDefaultOf(name))
    .map(({ name, flag }) => `${flag} ${spec[name]}`)
    .join(', ');
}
