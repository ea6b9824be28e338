// `tt vm health`: how a guest is and what addresses it has, as the guest helper or the guest agent in it says.
import type { GuestHealth } from '@tt/protocol';
import type { Command } from 'commander';
import { duration, labelled, printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor } from './vm-names.ts';

const UNKNOWN = '-';

export function addVmHealth(vm: Command): void {
  withJson(vm.command('health <vm>'))
    .description('show how the guest of a running VM is, and its addresses')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const health = await connection.client.vm.health({ vmId });
        if (wantsJson(command)) printJson(health);
        else print(healthLines(health));
      });
    });
}

export function healthLines({ uptimeMs, load, memory, rootDisk, nics }: GuestHealth): string {
  return labelled([
    // A guest that has just booted is not one that has expired.
    ['up', uptimeMs === null ? UNKNOWN : duration(Math.max(uptimeMs, 1))],
    ['load', load === null ? UNKNOWN : load.toFixed(2)],
    ['memory', memory ? `${memory.availableMiB} of ${memory.totalMiB} MiB available` : UNKNOWN],
    ['root disk', rootDisk ? `${rootDisk.freeMiB} of ${rootDisk.totalMiB} MiB free` : UNKNOWN],
    ...nics.map(({ name, mac, addresses }) => ['nic', [name, mac, ...addresses].join(' ')] as const),
  ]);
}
