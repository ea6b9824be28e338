// The flags that change existing VMs (`tt env update` for all of an ENV, `tt vm update` for one) -> fields of the call.
import type { BootFrom, Firmware } from '@tt/protocol';
import type { Command } from 'commander';
import { bootFromFrom, firmwareFrom } from './disk-values.ts';
import {
  bandwidthFrom,
  cpuCountFrom,
  destinationsFrom,
  diskMiBFrom,
  given,
  memoryMiBFrom,
  portsFrom,
  type WantedPort,
} from './option-values.ts';

/** As commander hands the flags over. */
export interface VmChangeOptions {
  cpu?: number;
  mem?: number;
  disk?: number;
  vmPort?: WantedPort[];
  blacklist?: string[];
  /** Mbit/s; 0 lifts the limit. */
  bandwidth?: number;
  firmware?: Firmware;
  bootFrom?: BootFrom;
}

/** What a call gets; a field that is absent is left as it is. */
export interface VmChange {
  cpuCount?: number;
  memoryMiB?: number;
  diskMiB?: number;
  ports?: WantedPort[];
  blacklist?: string[];
  bandwidthMbps?: number | null;
  firmware?: Firmware;
  bootFrom?: BootFrom;
}

export function withVmChange(command: Command): Command {
  return command
    .option('--cpu <n>', 'virtual processors of each VM; must be stopped', cpuCountFrom)
    .option('--mem <MiB>', 'memory of each VM; must be stopped', memoryMiBFrom)
    .option('--disk <MiB>', 'boot disk of each VM; can only grow', diskMiBFrom)
    .option('--firmware <kind>', 'bios or uefi; must be stopped', firmwareFrom)
    .option('--boot-from <what>', 'disk or cd; must be stopped', bootFromFrom)
    .option('--vm-port <ports>', 'replaces the guest ports to forward besides SSH: 80,53/udp; "" for none', (text) =>
      portsFrom(text),
    )
    .option(
      '--blacklist <cidrs>',
      'replaces the blocked destinations of each VM, comma separated; "" for none',
      (text) => destinationsFrom(text),
    )
    .option('--bandwidth <Mbit/s>', 'limit of each NIC, in each direction; 0 removes it', bandwidthFrom);
}

/** undefined when none of the flags was given. */
export function vmChangeFrom(options: VmChangeOptions): VmChange | undefined {
  const change = given({
    cpuCount: options.cpu,
    memoryMiB: options.mem,
    diskMiB: options.disk,
    ports: options.vmPort,
    blacklist: options.blacklist,
    bandwidthMbps: options.bandwidth === 0 ? null : options.bandwidth,
    firmware: options.firmware,
    bootFrom: options.bootFrom,
  });
  return Object.keys(change).length > 0 ? change : undefined;
}
