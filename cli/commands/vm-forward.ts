// `tt vm forward`: a port of this computer that leads to a forwarded port of a guest, for addresses that only the host reaches.
import type { Command } from 'commander';
import { inOneLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';

const MOST_CONNECTIONS = 64;
const portNumber = wholeNumber(1, 65_535);

export function addVmForward(vm: Command): void {
  withJson(vm.command('forward <vm> <port>'))
    .description('make a forwarded TCP port of a guest reachable at this computer, until Ctrl-C')
    .option('--port <port>', 'port of this computer, at 127.0.0.1; default: any free one', portNumber)
    .action(async (name: string, guestPortText: string, { port = 0 }: { port?: number }, command: Command) => {
      const guestPort = portNumber(guestPortText);
      await withServer(async (connection) => {
        const { servePort } = await import('../local-ports.ts');
        const vmId = await vmIdFor(connection, name);
        await servePort({
          connection,
          ticketOf: () => connection.client.console.openPort({ vmId, guestPort }),
          port,
          most: MOST_CONNECTIONS,
          said: `${inOneLine(name)}, port ${guestPort}`,
          json: wantsJson(command),
        });
      });
    });
}
