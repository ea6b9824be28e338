// Viewers that open a console with a flood of output and never read a byte.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { StreamHello } from '../../protocol/index.ts';
import { type AgentProcess, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, short } from '../comparison.ts';
import { measureThroughput } from '../console/raw-measures.ts';
import { floodRequest, floodTaken, startSyntheticGuest } from '../console/start-synthetic-guest.ts';
import { openAgentStream } from '../console/ways.ts';
import { residentBytes } from '../proc.ts';
import type { BenchContext } from '../section.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { waitUntil } from '../wait-until.ts';
import { kernelBytes } from './tcp-queues.ts';

const MIB = 1024 ** 2;
const VIEWERS = 8;
const FLOOD_BYTES = 1024 * MIB;
/** performance promise: a connection never costs more. */
const LIMIT_MIB = 4;

export async function measureStalledConsole(context: BenchContext): Promise<Comparison[]> {
  const { folder, resources, say } = context;
  const imageDirectory = await makeStubImages(folder);
  const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
  const { vms } = await agent.connection.client.env.create({ name: 'flood', groups: [{ osPrefix: STUB_OS }] });
  const vmId = vms[0]?.id ?? '';
  const guest = agent.socketOf(vmId, 'serial');
  await startSyntheticGuest(context, guest);
  // A viewer that reads first: the code is compiled and its buffers are there before anything is counted.
  const reader = await openAgentStream(agent.connection, vmId, 'serial');
  await measureThroughput(reader, FLOOD_BYTES / 4);
  reader.close();

  const takenBefore = await floodTaken(guest);
  const residentBefore = await residentBytes(agent.pid);
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => openStalledViewer(agent, vmId)));
  resources.defer(() => {
    for (const { socket } of viewers) socket.terminate();
  });
  const taken = (await floodAtRest(guest)) - takenBefore;
  const ports = new Set(viewers.map(({ clientPort }) => clientPort));
  const inKernel = await kernelBytes(viewers[0]?.serverPort ?? 0, ports);
  const held = (taken - inKernel) / VIEWERS / MIB;
  const grown = ((await residentBytes(agent.pid)) - residentBefore) / VIEWERS / MIB;
  say(`${VIEWERS} viewers: ${short(taken / MIB)} MiB handed out, ${short(inKernel / MIB)} MiB of it in TCP buffers`);
  return [
    {
      what: 'stalled console: taken by the relay, each',
      ours: `${short(held)} MiB`,
      peer: `of ${FLOOD_BYTES / MIB} MiB offered`,
      ratio: held,
      goal: atMost(LIMIT_MIB),
      unit: 'MiB',
    },
    {
      what: 'stalled console: resident memory, each',
      ours: `${short(grown)} MiB`,
      peer: `${short(residentBefore / MIB)} MiB before, in all`,
      ratio: grown,
      goal: atMost(LIMIT_MIB),
      unit: 'MiB',
    },
  ];
}

async function openStalledViewer(
  { connection }: AgentProcess,
  vmId: string,
): Promise<{ socket: WebSocket; clientPort: number; serverPort: number }> {
  const { ticket } = await connection.client.console.open({ vmId, kind: 'serial' });
  const socket = connection.openStreamSocket();
  const upgraded = once(socket, 'upgrade') as Promise<[{ socket: Socket }]>;
  socket.on('open', () => socket.send(JSON.stringify({ ticket } satisfies StreamHello)));
  await once(socket, 'message');
  socket.pause();
  socket.send(floodRequest(FLOOD_BYTES));
  const [{ socket: tcp }] = await upgraded;
  return { socket, clientPort: tcp.localPort ?? 0, serverPort: tcp.remotePort ?? 0 };
}

/** What was handed out once nothing more goes for a second. */
async function floodAtRest(guest: string): Promise<number> {
  let last = -1;
  let since = performance.now();
  return waitUntil(
    'the flood to stop',
    async () => {
      const taken = await floodTaken(guest);
      if (taken !== last) {
        last = taken;
        since = performance.now();
      }
      return performance.now() - since > 1000 ? taken : null;
    },
    { everyMs: 50 },
  );
}
