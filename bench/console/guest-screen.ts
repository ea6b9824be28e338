// A real guest's screen over each way: whole pictures per second, and the time until one pixel comes.
import { readyImage, startAgentProcess } from '../agent-process.ts';
import { atLeast, type Comparison, pair, short } from '../comparison.ts';
import type { BenchContext } from '../section.ts';
import { median, min, percentile } from '../statistics.ts';
import { withLimit } from '../with-limit.ts';
import { RfbClient } from './rfb-client.ts';
import { waysTo } from './ways.ts';
import { startWebsockify } from './websockify.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 60_000;

interface Measured {
  framesPerS: number[];
  mibPerS: number[];
  p50: number[];
  p95: number[];
}

export interface GuestScreen {
  comparisons: Comparison[];
  /** What one viewer of one guest takes. */
  mibPerS: number;
}

/** Needs a VM that runs; which image does not matter, its screen is read as it is. */
export async function measureGuestScreen(context: BenchContext, imageDirectory: string): Promise<GuestScreen> {
  const { resources, folder, say } = context;
  const agent = await startAgentProcess(resources, { folder: `${folder}/g`, imageDirectory, engine: 'qemu' });
  const osPrefix = await readyImage(agent);
  const { vms } = await agent.connection.client.env.create({ name: 'screen', groups: [{ osPrefix }] });
  const vmId = vms[0]?.id ?? '';
  const ways = waysTo(agent, vmId, 'vnc', await startWebsockify(context, agent.socketOf(vmId, 'vnc')));
  const measured = new Map(
    ways.map(({ name }): [string, Measured] => [name, { framesPerS: [], mibPerS: [], p50: [], p95: [] }]),
  );
  for (let round = 1; round <= (context.quick ? 2 : 3); round++) {
    for (const way of ways) {
      const client = await RfbClient.over(await way.open());
      const result = measured.get(way.name) as Measured;
      await withLimit(way.name, LIMIT_MS, measureOnce(client, context.quick ? 30 : 150, result));
      client.close();
      const [frames, p50] = [result.framesPerS, result.p50].map((values) => short(values.at(-1) ?? 0));
      say(`round ${round}, ${way.name}: ${frames} pictures/s, one pixel p50 ${p50} ms`);
    }
  }
  const [direct, ours, peer] = ways.map(({ name }) => measured.get(name)) as [Measured, Measured, Measured];
  return { comparisons: compare(direct, ours, peer), mibPerS: median(ours.mibPerS) };
}

async function measureOnce(client: RfbClient, count: number, into: Measured): Promise<void> {
  const pixel = { x: 0, y: 0, width: 1, height: 1 };
  // The first answers come late: the screen did not change until now.
  for (let warm = 0; warm < 5; warm++) await client.update(pixel);
  const begun = performance.now();
  let bytes = 0;
  for (let frame = 0; frame < count; frame++) bytes += await client.update(client.screen);
  const seconds = (performance.now() - begun) / 1000;
  into.framesPerS.push(count / seconds);
  into.mibPerS.push(bytes / MIB / seconds);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const askedAt = performance.now();
    await client.update(pixel);
    times.push(performance.now() - askedAt);
  }
  into.p50.push(percentile(times, 0.5));
  into.p95.push(percentile(times, 0.95));
}

function compare(direct: Measured, ours: Measured, peer: Measured): Comparison[] {
  const show = (values: number[], unit: string) => pair({ min: min(values), median: median(values) }, unit);
  const row = (what: string, key: 'framesPerS' | 'p50' | 'p95', other: Measured, goal: Comparison['goal']) => {
    const unit = key === 'framesPerS' ? '/s' : 'ms';
    const ratio = median(ours[key]) / median(other[key]);
    return { what, ours: show(ours[key], unit), peer: show(other[key], unit), ratio, goal };
  };
  return [
    row('screen: whole pictures, against direct', 'framesPerS', direct, atLeast(0.97)),
    row('screen: whole pictures, against websockify', 'framesPerS', peer, null),
    row('screen: one pixel p50, against direct', 'p50', direct, null),
    row('screen: one pixel p50, against websockify', 'p50', peer, null),
    row('screen: one pixel p95, against direct', 'p95', direct, null),
    row('screen: one pixel p95, against websockify', 'p95', peer, null),
  ];
}
