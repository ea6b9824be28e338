// Names of signals, as commands that they ended report them.
import { constants } from 'node:os';

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** `SIGTERM`; of a number without a name `SIG35`. */
export function signalName(number: number): string {
  return names.get(number) ?? `SIG${number}`;
}
