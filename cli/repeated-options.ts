// Flags that may be given several times, and the refusal of the others: only their last value would count.
import type { Command, Option } from 'commander';

/** Parsers that keep the values before theirs. */
const collecting = new WeakSet<object>();

/** For a flag that may stand several times: each value is added to those before it. */
export function collected<Value>(read: (text: string) => Value): (text: string, before?: Value[]) => Value[] {
  return collectedLists((text) => [read(text)]);
}

/** The same for lists: `a,b` and `c` are `a,b,c`. */
export function collectedLists<Value>(read: (text: string) => Value[]): (text: string, before?: Value[]) => Value[] {
  const parse = (text: string, before: Value[] = []) => [...before, ...read(text)];
  collecting.add(parse);
  return parse;
}

/** Of a command and all below it. Flags without a value may be repeated: nothing is lost. */
export function refuseRepetitions(command: Command): Command {
  for (const option of command.options) {
    if ((option.required || option.optional) && !isRepeatable(option)) refuseSecond(command, option);
  }
  for (const sub of command.commands) refuseRepetitions(sub);
  return command;
}

function refuseSecond(command: Command, option: Option): void {
  let count = 0;
  command.on(`option:${option.name()}`, () => {
    count += 1;
    if (count > 1) command.error(`error: option '${option.flags}' is given more than once; only one value can count`);
  });
}

function isRepeatable({ variadic, parseArg }: Pick<Option, 'variadic' | 'parseArg'>): boolean {
  return variadic || (parseArg !== undefined && collecting.has(parseArg));
}
