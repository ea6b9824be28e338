// The relay alone: bytes per second, round trips and processor time, with a source that is never the limit.

import { startAgentProcess } from '../agent-process.ts';
import { atLeast, atMost, type Comparison, pair, short } from '../comparison.ts';
import type { BenchContext } from '../section.ts';
import { median, min, percentile } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { withLimit } from '../with-limit.ts';
import { measureRoundTrips, measureThroughput } from './raw-measures.ts';
import { startSyntheticGuest } from './start-synthetic-guest.ts';
import { type Way, waysTo } from './ways.ts';
import { startWebsockify } from './websockify.ts';

const GIB = 1024 ** 3;
const LIMIT_MS = 60_000;

interface Measured {
  mibPerS: number[];
  cpuSPerGiB: number[];
  p50: number[];
  p95: number[];
}

export interface RawRelay {
  comparisons: Comparison[];
  agentMibPerS: number;
}

export async function measureRawRelay(context: BenchContext): Promise<RawRelay> {
  const { folder, resources, say } = context;
  const imageDirectory = await makeStubImages(folder);
  const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
  const { vms } = await agent.connection.client.env.create({ name: 'raw', groups: [{ osPrefix: STUB_OS }] });
  const vmId = vms[0]?.id ?? '';
  // Bytes as they are: what a screen sends is read by the agent.
  const socket = agent.socketOf(vmId, 'serial');
  await startSyntheticGuest(context, socket);
  const ways = waysTo(agent, vmId, 'serial', await startWebsockify(context, socket));
  const bytes = context.quick ? GIB / 8 : GIB;
  const measured = new Map(
    ways.map(({ name }): [string, Measured] => [name, { mibPerS: [], cpuSPerGiB: [], p50: [], p95: [] }]),
  );
  for (let round = 1; round <= (context.quick ? 2 : 5); round++) {
    for (const way of ways) {
      const result = measured.get(way.name) as Measured;
      await measureOnce(way, bytes, context.quick ? 500 : 4000, result);
      say(
        `round ${round}, ${way.name}: ${short(result.mibPerS.at(-1) ?? 0)} MiB/s, p50 ${short(result.p50.at(-1) ?? 0)} us`,
      );
    }
  }
  const [direct, ours, peer] = ways.map(({ name }) => measured.get(name)) as [Measured, Measured, Measured];
  return { comparisons: compare(direct, ours, peer), agentMibPerS: median(ours.mibPerS) };
}

async function measureOnce(way: Way, bytes: number, pings: number, into: Measured): Promise<void> {
  const flood = await way.open();
  const before = await way.relayCpu();
  into.mibPerS.push(await withLimit('throughput', LIMIT_MS, measureThroughput(flood, bytes)));
  into.cpuSPerGiB.push(((await way.relayCpu()) - before) / (bytes / GIB));
  flood.close();
  const echo = await way.open();
  const times = await withLimit('round trips', LIMIT_MS, measureRoundTrips(echo, pings));
  echo.close();
  into.p50.push(percentile(times, 0.5));
  into.p95.push(percentile(times, 0.95));
}

function compare(direct: Measured, ours: Measured, peer: Measured): Comparison[] {
  const addedBy = (relay: Measured) => relay.p50.map((p50, round) => p50 - (direct.p50[round] ?? 0));
  const rate = (values: number[]) => pair({ min: min(values), median: median(values) }, 'MiB/s');
  const time = (values: number[]) => pair({ min: min(values), median: median(values) }, 'us');
  const cpu = (values: number[]) => pair({ min: min(values), median: median(values) }, 's/GiB');
  return [
    {
      what: 'relay: bytes to a viewer',
      ours: rate(ours.mibPerS),
      peer: rate(peer.mibPerS),
      ratio: median(ours.mibPerS) / median(peer.mibPerS),
      goal: atLeast(0.8),
    },
    {
      what: 'relay: added round trip of 64 B, p50',
      ours: time(addedBy(ours)),
      peer: time(addedBy(peer)),
      ratio: median(addedBy(ours)) / median(addedBy(peer)),
      goal: atMost(1),
    },
    {
      what: 'relay: round trip of 64 B, p95',
      ours: time(ours.p95),
      peer: time(peer.p95),
      ratio: median(ours.p95) / median(peer.p95),
      goal: null,
    },
    {
      what: 'relay: processor time',
      ours: cpu(ours.cpuSPerGiB),
      peer: cpu(peer.cpuSPerGiB),
      ratio: median(ours.cpuSPerGiB) / median(peer.cpuSPerGiB),
      goal: atMost(1.2),
    },
    {
      what: 'direct socket, for reference',
      ours: rate(direct.mibPerS),
      peer: time(direct.p50),
      ratio: null,
      goal: null,
    },
  ];
}
