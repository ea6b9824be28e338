// Refuses a flag that is given twice where only its last value would count.
import type { Command, Option } from 'commander';
import { isRepeatable } from './commands/option-values.ts';

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
