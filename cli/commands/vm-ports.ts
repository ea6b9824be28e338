// `tt vm ports`: the forwarded ports of a VM, and whether something answers there.
import type { Command } from 'commander';
import { printJson, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor } from './vm-names.ts';

export function addVmPorts(vm: Command): void {
  withJson(vm.command('ports <vm>'))
    .description('show the forwarded ports of a VM, and whether something answers there')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const vmId = await vmIdFor(connection, name);
        const [{ portMap }, { ports }] = await Promise.all([client.vm.show({ vmId }), client.vm.portHealth({ vmId })]);
        if (wantsJson(command)) return printJson({ ports });
        const healthOf = (protocol: string, guestPort: number) =>
          ports.find((port) => port.protocol === protocol && port.guestPort === guestPort)?.health ?? 'unknown';
        const rows = portMap.map(({ protocol, guestPort, hostAddress, hostPort }) => [
          `${guestPort}/${protocol}`,
          `${hostAddress}:${hostPort}`,
          healthOf(protocol, guestPort),
        ]);
        return print(table(['PORT', 'AT', 'STATE'], rows));
      });
    });
}
