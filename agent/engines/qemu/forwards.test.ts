// Ports of a running guest with a monitor that refuses: no change stays half applied, and failures reported as text are
// failures.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PortForward } from '../interface.ts';
import { CLOSED_NIC } from '../test-spec.ts';
import { FakeQmpServer } from './fake-qmp-server.ts';
import { changeForwards, OpenForwards } from './forwards.ts';
import { QmpClient } from './qmp-client.ts';

let folder: string;
let server: FakeQmpServer;
let qmp: QmpClient;
/** Open ports of the host, as QEMU's text has them. */
let open: Set<string>;
let asked: string[];
/** Ports somebody else listens on. */
let taken: Set<string>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-forwards-'));
  server = new FakeQmpServer();
  await server.listen(path.join(folder, 'qmp.sock'));
  [open, asked, taken] = [new Set(['tcp:127.0.0.1:1000']), [], new Set(['tcp:127.0.0.1:3000'])];
  server.handle = ({ arguments: args }) => {
    const line = String(args['command-line']);
    asked.push(line);
    return { return: monitor(line) };
  };
  qmp = await QmpClient.connect(path.join(folder, 'qmp.sock'));
});
afterEach(async () => {
  qmp.close();
  await server.close();
  await rm(folder, { recursive: true });
});

/** The words of QEMU 7.2's net/slirp.c. */
function monitor(line: string): string {
  const [command, netdev, rule = ''] = line.split(' ');
  if (netdev !== 'net0') return `unrecognized netdev id '${netdev}'\r\n`;
  const [hostSide = ''] = rule.split('-');
  if (command === 'hostfwd_remove') {
    return `host forwarding rule for ${rule} ${open.delete(hostSide) ? 'removed' : 'not found'}\r\n`;
  }
  if (taken.has(hostSide)) return `Could not set up host forwarding rule '${rule}'\r\n`;
  open.add(hostSide);
  return '';
}

const forward = (hostPort: number, guestPort = 22): PortForward => ({
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort,
  guestPort,
});

it('removes first, then adds', async () => {
  await changeForwards(qmp, 0, { add: [forward(1000, 80), forward(2000)], remove: [forward(1000), forward(9)] });
  expect(asked).toEqual([
    'hostfwd_remove net0 tcp:127.0.0.1:1000',
    'hostfwd_remove net0 tcp:127.0.0.1:9',
    'hostfwd_add net0 tcp:127.0.0.1:1000-:80',
    'hostfwd_add net0 tcp:127.0.0.1:2000-:22',
  ]);
});

it('undoes what it changed, and nothing else, when one is refused', async () => {
  const change = { add: [forward(2000), forward(3000)], remove: [forward(9), forward(1000)] };
  await expect(changeForwards(qmp, 0, change)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringContaining("Could not set up host forwarding rule 'tcp:127.0.0.1:3000-:22'"),
  });
  expect([...open]).toEqual(['tcp:127.0.0.1:1000']);
  await expect(changeForwards(qmp, 5, { add: [], remove: [forward(1000)] })).rejects.toThrow('unrecognized netdev');
  const odd = { ...forward(1), hostAddress: '127.0.0.1:1-:1 ; quit' };
  await expect(changeForwards(qmp, 0, { add: [odd], remove: [forward(1000)] })).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
  });
  expect([...open]).toEqual(['tcp:127.0.0.1:1000']);
});

it('says so when a port cannot be restored', async () => {
  const handle = server.handle;
  server.handle = (request) => {
    // Somebody takes the port as soon as it is free.
    if (String(request.arguments['command-line']).includes('remove')) taken.add('tcp:127.0.0.1:1000');
    return handle(request);
  };
  const change = { add: [forward(3000)], remove: [forward(1000)] };
  await expect(changeForwards(qmp, 0, change)).rejects.toThrow(/3000.*and the ports could not be restored.*1000/);
});

it('knows which are open now, by NIC: those of the start, and what was changed since, unless that was refused', async () => {
  const user = { ...CLOSED_NIC, forwards: [forward(1000)] };
  const forwards = new OpenForwards(qmp, [user, { kind: 'tap', mac: user.mac, tap: 'tt0' }]);
  const opened = () => [...forwards.byNic].map(([nic, list]) => [nic, list.map(({ hostPort }) => hostPort)]);
  expect(opened()).toEqual([
    [0, [1000]],
    [1, []],
  ]);
  await forwards.change(0, { add: [forward(2000), forward(4000)], remove: [] });
  await forwards.change(0, { add: [forward(1000, 80)], remove: [forward(1000), forward(2000), forward(9)] });
  await expect(forwards.change(0, { add: [forward(3000)], remove: [forward(4000)] })).rejects.toThrow('3000');
  expect(opened()).toEqual([
    [0, [4000, 1000]],
    [1, []],
  ]);
});
