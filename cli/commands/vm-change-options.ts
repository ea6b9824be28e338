// The flags that change existing VMs (`tt env update` for all of an ENV, `tt vm update` for one) -> fields of the call.
import type { MachineChange } from '@tt/protocol';
import type { Command } from 'commander';
import { withOldSizes } from './old-spelling.ts';
import { plainOptionsFrom, withPlainOptions } from './machine-options.ts';
import { collectedLists } from '../repeated-options.ts';
import { bandwidthFrom, destinationsFrom, diskMiBFrom, given, portsFrom, type WantedPort } from './option-values.ts';

/** As commander hands the flags over. */
export interface VmChangeOptions {
  disk?: number;
  vmPort?: WantedPort[];
  newPorts?: boolean;
  blacklist?: string[];
  /** Mbit/s; 0 lifts the limit. */
  bandwidth?: number;
}

export function withVmChange(command: Command): Command {
  withPlainOptions(command, ({ change }) => (change === 'stopped' ? 'must be stopped' : ''))
    .option('-D, --disk <MiB>', 'boot disk of each VM; can only grow', diskMiBFrom)
    .option(
      '-p, --vm-port <ports>',
      'replaces the guest ports to forward besides SSH: 80,53/udp; "" for none',
      collectedLists((text) => portsFrom(text)),
    )
    .option('--new-ports', 'give every forwarded port another port of the host')
    .option(
      '--blacklist <cidrs>',
      'replaces the blocked destinations of each VM, comma separated; "" for none',
      collectedLists((text) => destinationsFrom(text)),
    )
    .option('--bandwidth <Mbit/s>', 'limit of each NIC, in each direction; 0 removes it', bandwidthFrom);
  return withOldSizes(command);
}

/** undefined when none of the flags was given. */
export function vmChangeFrom(options: VmChangeOptions): MachineChange | undefined {
  const change = given({
    ...plainOptionsFrom(options),
    diskMiB: options.disk,
    ports: options.vmPort,
    newHostPorts: options.newPorts,
    blacklist: options.blacklist,
    bandwidthMbps: options.bandwidth === 0 ? null : options.bandwidth,
  });
  return Object.keys(change).length > 0 ? change : undefined;
}
