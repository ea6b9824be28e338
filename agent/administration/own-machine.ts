// The machine as the doctor sees it when the agent itself asks: what the agent does it knows, and needs no connection to itself for it.
import type { BackgroundTaskStatus, Host } from '@tt/protocol';
import { type Machine, thisMachine } from '../doctor/machine.ts';

/** `machine`: another one, for tests; absent: this one, with the state folder `home`. */
export function reachableAs(
  machine: Machine | undefined,
  home: string,
  agent: () => { host: Host; tasks: BackgroundTaskStatus[] },
): Machine {
  return {
    ...(machine ?? thisMachine(home)),
    askAgent: () => Promise.resolve({ url: '', pid: process.pid, ...agent() }),
  };
}
