// `tt vm forward`: a port of this computer leads to a forwarded port of a guest, and to no other.
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../agent/testing/until.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
const servers: Server[] = [];
beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
});
afterAll(() => running.stop());
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await running.removeEnvs();
});

/** A machine whose port 80 is forwarded: fakes open no port of the host, so a server of the test stands in for its guest. */
async function machine(): Promise<void> {
  const { vms } = await running.agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', ports: [{ protocol: 'tcp', guestPort: 80 }] }],
  });
  const place = vms[0]?.portMap.find(({ guestPort }) => guestPort === 80);
  const server = createServer((client) => client.end('from the guest'));
  servers.push(server);
  server.listen(place?.hostPort, place?.hostAddress);
  await once(server, 'listening');
}

it('carries what the guest says, for several at once, until it is interrupted', async () => {
  await machine();
  let said = '';
  const forwarding = running.tt('vm forward demo/tiny-2-1 80', {}, (text) => {
    said += text;
  });
  const port = await until('it says its port', () => Number(/port 80: 127\.0\.0\.1:(\d+)/.exec(said)?.[1] ?? 0));
  const heard = await Promise.all(
    [1, 2].map(async () => {
      const socket = connect(port, '127.0.0.1');
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return bytes.toString();
    }),
  );
  expect(heard).toEqual(['from the guest', 'from the guest']);
  process.emit('SIGINT');
  expect(await forwarding).toMatchObject({ exitCode: 0, stderr: '' });
});

it('refuses what is not forwarded, does not run, or is no port', async () => {
  await machine();
  expect(await running.endings('vm forward demo/tiny-2-1 81', 'vm forward demo/tiny-2-1 0')).toEqual([
    [expect.any(Number), 'FEATURE_UNSUPPORTED'],
    [2, undefined],
  ]);
  await running.agent.client.env.stop({ name: 'demo', graceS: 0 });
  expect(await running.endings('vm forward demo/tiny-2-1 80')).toEqual([[4, 'VM_NOT_RUNNING']]);
});
