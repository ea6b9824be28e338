// Consoles over TLS: through the agent itself, through haproxy in front of an agent that speaks plainly, and without TLS.
import { connectNode, findPrivateAgent, type NodeConnection } from '../../client/node/index.ts';
import { type AgentProcess, startAgentProcess } from '../agent-process.ts';
import { atLeast, atMost, type Comparison, pair, short } from '../comparison.ts';
import { measureRoundTrips, measureThroughput } from '../console/raw-measures.ts';
import { startSyntheticGuest } from '../console/start-synthetic-guest.ts';
import { openAgentStream } from '../console/ways.ts';
import { cpuSeconds } from '../proc.ts';
import type { BenchContext } from '../section.ts';
import { median, min, percentile } from '../statistics.ts';
import { STUB_OS } from '../stub-image.ts';
import { withLimit } from '../with-limit.ts';
import type { BenchCertificate } from './bench-certificate.ts';
import { startHaproxy } from './start-haproxy.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const LIMIT_MS = 120_000;
/** Of many consoles at once, each. */
const EACH_BYTES = 8 * MIB;

interface Way {
  name: 'plain' | 'tls' | 'haproxy';
  connection: NodeConnection;
  vmIds: readonly string[];
  /** Processor seconds that all of its programs have used so far. */
  cpu(): Promise<number>;
}

interface Measured {
  mibPerS: number[];
  p50: number[];
  cpuSPerGiB: number[];
}

interface Options {
  certificate: BenchCertificate;
  imageDirectory: string;
}

export async function measureTlsConsole(context: BenchContext, options: Options): Promise<Comparison[]> {
  const { quick, say } = context;
  const many = quick ? 20 : 200;
  const plainAgent = await startAgent(context, options, 'plain', many);
  const tlsAgent = await startAgent(context, options, 'tls', many);
  const haproxy = await startHaproxy(context, options.certificate, plainAgent.agent.url);
  const { token } = await findPrivateAgent(plainAgent.agent.home);
  const throughHaproxy = connectNode({ url: haproxy.url, token, authority: options.certificate.authority });
  context.resources.defer(() => throughHaproxy.close());
  const both = async () => (await cpuSeconds(plainAgent.agent.pid)) + (await cpuSeconds(haproxy.process.pid));
  const ways: Way[] = [
    wayOf('plain', plainAgent, plainAgent.agent.connection, () => cpuSeconds(plainAgent.agent.pid)),
    wayOf('tls', tlsAgent, tlsAgent.agent.connection, () => cpuSeconds(tlsAgent.agent.pid)),
    wayOf('haproxy', plainAgent, throughHaproxy, both),
  ];
  const measured = new Map(
    ways.map(({ name }): [string, Measured] => [name, { mibPerS: [], p50: [], cpuSPerGiB: [] }]),
  );
  for (let round = 1; round <= (quick ? 2 : 5); round++) {
    for (const way of ways) {
      const result = measured.get(way.name) as Measured;
      await measureOne(way, quick ? GIB / 8 : GIB, quick ? 500 : 4000, result);
      const { mibPerS, p50 } = result;
      say(`round ${round}, ${way.name}: ${short(mibPerS.at(-1) ?? 0)} MiB/s, p50 ${short(p50.at(-1) ?? 0)} us`);
    }
  }
  const crowd = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 1; round <= (quick ? 1 : 3); round++) {
    for (const way of ways) {
      const cpuSPerGiB = await withLimit(`${many} consoles`, LIMIT_MS, measureMany(way));
      crowd.get(way.name)?.push(cpuSPerGiB);
      say(`${many} consoles at once, ${way.name}: ${short(cpuSPerGiB)} s/GiB`);
    }
  }
  const of = (name: Way['name']) => measured.get(name) as Measured;
  return compare(of('plain'), of('tls'), of('haproxy'), crowd, many);
}

interface StartedAgent {
  agent: AgentProcess;
  vmIds: string[];
}

async function startAgent(
  context: BenchContext,
  { imageDirectory }: Options,
  name: 'plain' | 'tls',
  many: number,
): Promise<StartedAgent> {
  const agent = await startAgentProcess(context.resources, {
    folder: `${context.folder}/${name[0]}`,
    imageDirectory,
    engine: 'fake',
    flags: name === 'tls' ? ['--tls', 'always'] : [],
  });
  const groups = [{ osPrefix: STUB_OS, copies: many }];
  const { vms } = await agent.connection.client.env.create({ name: 'raw', groups });
  const vmIds = vms.map(({ id }) => id);
  await startSyntheticGuest(context, ...vmIds.map((id) => agent.socketOf(id, 'serial')));
  return { agent, vmIds };
}

function wayOf(name: Way['name'], { vmIds }: StartedAgent, connection: NodeConnection, cpu: Way['cpu']): Way {
  return { name, connection, vmIds, cpu };
}

async function measureOne(way: Way, bytes: number, pings: number, into: Measured): Promise<void> {
  const vmId = way.vmIds[0] ?? '';
  const flood = await openAgentStream(way.connection, vmId, 'serial');
  const before = await way.cpu();
  into.mibPerS.push(await withLimit('throughput', LIMIT_MS, measureThroughput(flood, bytes)));
  into.cpuSPerGiB.push(((await way.cpu()) - before) / (bytes / GIB));
  flood.close();
  const echo = await openAgentStream(way.connection, vmId, 'serial');
  into.p50.push(percentile(await withLimit('round trips', LIMIT_MS, measureRoundTrips(echo, pings)), 0.5));
  echo.close();
}

/** All consoles at once; processor seconds for each GiB that they got. */
async function measureMany(way: Way): Promise<number> {
  const { connection, vmIds } = way;
  const links = await Promise.all(vmIds.map((vmId) => openAgentStream(connection, vmId, 'serial')));
  const before = await way.cpu();
  await Promise.all(links.map((link) => measureThroughput(link, EACH_BYTES)));
  const used = (await way.cpu()) - before;
  for (const link of links) link.close();
  return used / ((vmIds.length * EACH_BYTES) / GIB);
}

function compare(
  plain: Measured,
  tls: Measured,
  haproxy: Measured,
  crowd: ReadonlyMap<string, number[]>,
  many: number,
): Comparison[] {
  const show = (values: number[], unit: string) => pair({ min: min(values), median: median(values) }, unit);
  const row = (what: string, ours: number[], peer: number[], unit: string, goal: Comparison['goal']): Comparison => ({
    what,
    ours: show(ours, unit),
    peer: show(peer, unit),
    ratio: median(ours) / median(peer),
    goal,
  });
  const crowdOf = (name: string) => crowd.get(name) ?? [];
  return [
    row('console over TLS, bytes to a viewer, against plain', tls.mibPerS, plain.mibPerS, 'MiB/s', atLeast(0.8)),
    row('the same, against haproxy before plain', tls.mibPerS, haproxy.mibPerS, 'MiB/s', null),
    row('console over TLS, round trip of 64 B, p50, against plain', tls.p50, plain.p50, 'us', atMost(1.2)),
    row('the same, against haproxy before plain', tls.p50, haproxy.p50, 'us', null),
    row('processor time of one console, against plain', tls.cpuSPerGiB, plain.cpuSPerGiB, 's/GiB', null),
    row(`processor time of ${many} consoles, against plain`, crowdOf('tls'), crowdOf('plain'), 's/GiB', null),
    row('the same, against haproxy with the plain agent', crowdOf('tls'), crowdOf('haproxy'), 's/GiB', null),
  ];
}
