// Spellings of flags that people know from the first TT, from older versions, or from the agent: they work, and the help does not
// show them.
import type { EventEmitter } from 'node:events';
import { type Command, Option } from 'commander';

/** `flags` (`--cpu-num <n>`) means what the option `name` (`cpu`) of the same command means, which must be there already. */
export function withOldSpelling(command: Command, flags: string, name: string): Command {
  const option = new Option(flags).hideHelp();
  const events = command as unknown as EventEmitter;
  // The option itself reads the value, keeps it, and refuses it where it is given twice.
  command.addOption(option).on(`option:${option.name()}`, (value: string) => events.emit(`option:${name}`, value));
  return command;
}

/** `--cpu-num`, `--mem-size` and `--disk-size`, of commands that take the sizes of machines. */
export function withOldSizes(command: Command): Command {
  withOldSpelling(command, '--cpu-num <n>', 'cpu');
  withOldSpelling(command, '--mem-size <MiB>', 'mem');
  return withOldSpelling(command, '--disk-size <MiB>', 'disk');
}
