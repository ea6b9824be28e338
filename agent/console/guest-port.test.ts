// Connections to ports of guests: to those that are forwarded, and to nothing else.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { streamClose } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { testVm } from '../inventory/test-vm.ts';
import { changedVm, type VmRecord } from '../state/vm-record.ts';
import { connectToPort, forwardOf } from './guest-port.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A machine whose port 80 leads to a server that says hello; its port 53 is forwarded by UDP alone. */
async function machine(): Promise<VmRecord> {
  const server = createServer((client) => client.end('hello')).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const hostPort = typeof address === 'object' && address ? address.port : 0;
  const hostAddress = '127.0.0.1';
  return changedVm(testVm('a'), {
    placement: {
      portMap: [
        { protocol: 'tcp', guestPort: 80, hostPort, hostAddress },
        { protocol: 'udp', guestPort: 53, hostPort, hostAddress },
      ],
    },
  });
}

it('carries what its server says', async () => {
  const socket = await connectToPort(await machine(), 80);
  const [said] = (await once(socket, 'data')) as [Buffer];
  expect(said.toString()).toBe('hello');
  socket.destroy();
});

it('leads to forwarded TCP ports alone', async () => {
  const vm = await machine();
  expect([forwardOf(vm, 81), forwardOf(vm, 53), forwardOf(vm, 80)?.host]).toEqual([null, null, '127.0.0.1']);
  const failed = { closeCode: streamClose.upstreamFailed };
  await expect(connectToPort(vm, 81)).rejects.toMatchObject(failed);
  await expect(connectToPort(vm, 53)).rejects.toMatchObject(failed);
});

it('fails with the code of a far end that can’t be reached when nothing listens', async () => {
  const vm = await machine();
  const [server] = servers;
  server?.close();
  await once(server as Server, 'close');
  await expect(connectToPort(vm, 80)).rejects.toMatchObject({ closeCode: streamClose.upstreamFailed });
});
