// Test harness: a real agent inside the test's process, on a loopback port, with its own state folder and by default the fake
// engine. Stopping it checks what must hold in every test: no internal error in the log, no error that a call did not declare,
// every revision once and in order, no VM state that the table forbids, no leak of the token.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followState } from '@tt/client';
import { connectNode, type NodeConnection } from '@tt/client/node';
import { type FeedItem, reason, type TtClient } from '@tt/protocol';
import { LogTail, makeLogger } from '@tt/server';
import { type Agent, startAgent } from '../agent.ts';
import { requestFields } from '../app/request-scope.ts';
import type { TestOverrides } from '../app/test-overrides.ts';
import { LiveConfig } from '../config/live-config.ts';
import { defaultConfig } from '../config/read-config.ts';
import type { AgentConfig } from '../config.ts';
import { fakeMachine } from '../doctor/fake-machine.ts';
import type { Machine } from '../doctor/machine.ts';
import type { EngineEntry } from '../engines/engines.ts';
import { FakeHost } from '../engines/fake/fake-host.ts';
import { FakeEngine } from '../engines/fake-engine.ts';
import { FakeFirewall } from '../firewall/fake-firewall.ts';
import type { ForeignDrop } from '../firewall/interface.ts';
import type { HostClock } from '../host/boot-clock.ts';
import { FakeStorage } from '../storage/fake-storage.ts';
import { declaredOnly } from './declared-errors.ts';
import { makeTestImages } from './image-folder.ts';
import { feedFaults, isFault, type LogLine } from './invariants.ts';
import { ownPorts } from './own-ports.ts';
import { until } from './until.ts';

const HARDLY_EVER_MS = 3_600_000;

export interface TestAgentOptions {
  /** State folder of an earlier agent, to be taken up again; default: a new one. */
  home?: string;
  /** The "process table" of an earlier agent's fake engine, whose VMs then still run. */
  fakeHost?: FakeHost;
  config?: Partial<AgentConfig>;
  now?: () => Date;
  recipes?: TestOverrides['recipes'];
  uefiPlaces?: TestOverrides['uefiPlaces'];
  clock?: HostClock;
  expiryLookMs?: number;
  diskLookMs?: number;
  storedLookMs?: number;
  warmLookMs?: number;
  warmTaskMs?: number;
  /** Fills the image folder of a new home; default: with {@link makeTestImages}. */
  makeImages?: (directory: string) => Promise<void>;
  checkpoint?: (step: string) => void;
  cgroups?: TestOverrides['cgroups'];
  kvmWatch?: TestOverrides['kvmWatch'];
  firewall?: TestOverrides['firewall'];
  /** What other firewalls of the host drop of guests on bridges. */
  foreignDrops?: readonly ForeignDrop[];
  hostAddress?: TestOverrides['hostAddress'];
  hostLookMs?: number;
  /** Default: hardly ever, so that no test loses a fault of the engine it has planned to a question of this task. */
  readinessLookMs?: number;
  /** What the doctor examines; default: a machine that has everything. */
  doctorMachine?: Machine;
  /** Settings of the test's own, to be changed while the agent runs; without them `configure` changes those of the harness. */
  live?: (config: AgentConfig) => LiveConfig;
  /** An engine or storage of the test's own, told what the plain ones are told. */
  makeEngine?: (fakeHost: FakeHost) => FakeEngine;
  /** Engines besides it, behind it in the configuration. Their machines are the test's own to end. */
  moreEngines?: readonly EngineEntry[];
  makeStorage?: (directory: string) => FakeStorage;
}

export type TestConnection = NodeConnection;

/** Everything of VMs that can be found on this host. */
export interface Belongings {
  envs: string[];
  vms: string[];
  snapshots: string[];
  disks: string[];
  runFolders: string[];
  /** Snapshots with pictures. */
  pictures: string[];
  machines: number;
}

export const NOTHING: Belongings = {
  envs: [],
  vms: [],
  snapshots: [],
  disks: [],
  runFolders: [],
  pictures: [],
  machines: 0,
};

export interface TestAgent {
  readonly url: string;
  /** PEM of what its clients pin; null without TLS. */
  readonly authority: string | null;
  readonly token: string;
  readonly home: string;
  readonly client: TtClient;
  readonly connection: NodeConnection;
  openStream: NodeConnection['openStream'];
  readonly engine: FakeEngine;
  readonly fakeHost: FakeHost;
  readonly storage: FakeStorage;
  /** Another connection, of whoever has this token; the caller closes it. */
  connectAs(token: string): NodeConnection;
  /** What a client that follows from the start has got so far. */
  readonly feed: readonly FeedItem[];
  readonly log: readonly LogLine[];
  belongings(): Promise<Belongings>;
  /** Changes keys of the configuration that may change while the agent runs. */
  configure(change: Partial<AgentConfig>): Promise<void>;
  /** Faults of the program in the log since the last call, for tests that provoke one; left alone they fail `stop`. */
  takeFaults(): LogLine[];
  /** Ends the agent and, unless `keep`, its machines and state folder. Idempotent. Rejects when an invariant was broken. */
  stop(options?: { keep: boolean }): Promise<void>;
}

export async function startTestAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const home = options.home ?? (await mkdtemp(path.join(tmpdir(), 'tt-')));
  const fakeHost: FakeHost = options.fakeHost ?? new FakeHost();
  const engine = options.makeEngine?.(fakeHost) ?? new FakeEngine({ host: fakeHost });
  const directory = path.join(home, 'disks');
  const storage = options.makeStorage?.(directory) ?? new FakeStorage({ directory });
  const imageDirectory = path.join(home, 'images');
  if (options.home === undefined) await (options.makeImages ?? makeTestImages)(imageDirectory);
  const config: AgentConfig = {
    ...defaultConfig(home),
    imageDirectory,
    engines: ['fake'],
    cpuTotal: 64,
    memoryTotalMiB: 4096,
    diskTotalMiB: 65_536,
    network: 'user',
    ...(await ownPorts()),
    prepareImages: false,
    logLevel: 'trace',
    ...options.config,
  };
  const log: LogLine[] = [];
  const tail = new LogTail();
  const logger = makeLogger({
    level: 'trace',
    file: null,
    mixin: requestFields,
    tail,
    target: { write: (line) => log.push(JSON.parse(line) as LogLine) },
  });
  const { now, clock, recipes, uefiPlaces, checkpoint, cgroups, kvmWatch, expiryLookMs, diskLookMs } = options;
  const { hostAddress, hostLookMs, foreignDrops, storedLookMs, warmLookMs = 1, warmTaskMs } = options;
  const { readinessLookMs = HARDLY_EVER_MS } = options;
  const firewall = options.firewall ?? (foreignDrops && fakeFirewallWith(foreignDrops));
  let wanted = config;
  const live = options.live?.(config) ?? new LiveConfig(config, () => Promise.resolve(wanted));
  const more = options.moreEngines ?? [];
  const own = new Set(more.flatMap((entry) => entry.engine.prefixes));
  const testOverrides: TestOverrides = {
    doctorMachine: options.doctorMachine ?? fakeMachine(),
    passwordCost: { memoryKiB: 8, passes: 1, lanes: 1 },
    engines: [
      // Images of the engine that is tested with are its own, unless that engine is there.
      { engine, use: 'enabled', standsInFor: own.has('qemu') ? [] : [{ name: 'qemu', prefixes: ['qemu'] }] },
      ...more,
    ],
    storage,
    ...(now && { now }),
    ...(clock && { clock, now: () => clock.now() }),
    ...(recipes && { recipes }),
    ...(uefiPlaces && { uefiPlaces }),
    ...(checkpoint && { checkpoint }),
    ...(expiryLookMs !== undefined && { expiryLookMs }),
    ...(diskLookMs !== undefined && { diskLookMs }),
    ...(storedLookMs !== undefined && { storedLookMs }),
    warmLookMs,
    ...(warmTaskMs !== undefined && { warmTaskMs }),
    ...(cgroups && { cgroups }),
    ...(kvmWatch && { kvmWatch }),
    ...(firewall && { firewall }),
    ...(hostAddress && { hostAddress }),
    ...(hostLookMs !== undefined && { hostLookMs }),
    readinessLookMs,
  };
  const agent = await startAgent(config, logger, testOverrides, live, tail);
  const watch = await follow(agent);
  const connection = connectNode(agent);
  const undeclared: string[] = [];
  let faultsSeen = 0;
  let stopping: Promise<void> | null = null;

  const takeFaults = () => {
    const faults = log.slice(faultsSeen).filter(isFault);
    faultsSeen = log.length;
    return faults;
  };

  async function stop(keep: boolean): Promise<void> {
    // The followers are still attached: an agent must be able to end all the same.
    await agent.stop();
    await watch.end();
    connection.close();
    if (!keep) {
      for (const machine of fakeHost.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
      await rm(home, { recursive: true, force: true });
    }
    const broken = [
      ...takeFaults().map((line) => `fault: ${JSON.stringify(line)}`),
      ...undeclared,
      ...feedFaults(watch.feed),
      ...log.filter((line) => JSON.stringify(line).includes(agent.token)).map(({ msg }) => `token in the log: ${msg}`),
    ];
    if (broken.length > 0) throw new Error(`the test broke what must always hold:\n${broken.join('\n')}`);
  }

  return {
    url: agent.url,
    token: agent.token,
    home,
    connection,
    openStream: (ticket) => connection.openStream(ticket),
    authority: agent.authority,
    connectAs: (token) => connectNode({ url: agent.url, token, authority: agent.authority }),
    client: declaredOnly(connection.client, (fault) => undeclared.push(fault)),
    engine,
    fakeHost,
    storage,
    feed: watch.feed,
    log,
    async configure(change) {
      wanted = { ...wanted, ...change };
      await live.reload();
    },
    takeFaults,
    belongings: () => belongingsOf(connection.client, storage, home, fakeHost),
    stop(stopOptions = { keep: false }) {
      stopping ??= stop(stopOptions.keep);
      return stopping;
    },
  };
}

async function follow(agent: Agent): Promise<{ feed: FeedItem[]; end: () => Promise<void> }> {
  const feed: FeedItem[] = [];
  const connection = connectNode(agent);
  const abort = new AbortController();
  const following = followState({
    client: connection.client,
    signal: abort.signal,
    onItem: (item) => feed.push(item),
    onLink: () => {},
  });
  await until(
    'the feed has begun',
    () => feed.at(-1)?.kind === 'snapshotEnd' || feed.some(({ kind }) => kind === 'event'),
  );
  return {
    feed,
    async end() {
      abort.abort();
      await following;
      connection.close();
    },
  };
}

async function belongingsOf(
  client: TtClient,
  storage: FakeStorage,
  home: string,
  fakeHost: FakeHost,
): Promise<Belongings> {
  const { envs } = await client.env.list();
  const details = await Promise.all(envs.map(({ name }) => client.env.show({ name })));
  return {
    envs: envs.map(({ name }) => name).sort(),
    vms: details.flatMap(({ vms }) => vms.map(({ name }) => name)).sort(),
    snapshots: details.flatMap(({ snapshots }) => snapshots.map(({ name }) => name)).sort(),
    disks: await storage.list(),
    runFolders: (await readdir(path.join(home, 'run'))).sort(),
    pictures: (await readdir(path.join(home, 'thumbnails'))).sort(),
    machines: fakeHost.size,
  };
}

function fakeFirewallWith(drops: readonly ForeignDrop[]): FakeFirewall {
  const firewall = new FakeFirewall();
  firewall.dropElsewhere(drops);
  return firewall;
}
