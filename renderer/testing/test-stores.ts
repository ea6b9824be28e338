// Test support: started stores over a real agent with fake drivers and the ENVs of `npm run dev:fake`. No DOM; an address bar in
// memory. The agent lives in the test's own process (agent/testing/in-process-agent.ts): its clock, its users and its faults are the test's.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type WholeSnapshot, wholeItems } from '@tt/client';
import type { Operation, Quota } from '@tt/protocol';
import {
  startTestAgent,
  type TestAgent,
  type TestAgentOptions,
  type TestConnection,
} from '../../agent/testing/in-process-agent.ts';
import { until } from '../../agent/testing/until.ts';
import { makeFakeImages } from '../../tools/dev-fake/images.ts';
import { HANDOVER_LIFETIME_S, seedEnvs, seedHandover, takeClean } from '../../tools/dev-fake/seed.ts';
import type { Bridge, DesktopConnections } from '../bridge.ts';
import { ConnectionStore } from '../connections/connection-store.ts';
import { Stores } from '../state/stores.ts';
import { TestLink } from './test-link.ts';

/** Owns everything in the example ENVs. */
const OWNER = 'mei';
/** No administrator, and owns nothing. */
const OTHER = 'jo';

export interface TestStoresOptions extends Partial<Pick<Bridge, 'login'>> {
  /** The window is that of the desktop, and these are its connections. */
  connections?: DesktopConnections;
  /** Leaves out the example ENVs. */
  empty?: boolean;
  /** Takes the snapshot `clean` of `checkout`. */
  withSnapshot?: boolean;
}

export interface TestStores {
  stores: Stores;
  link: TestLink;
  agent: TestAgent;
  /** Asks as somebody else who is no administrator, from now on. */
  becomeOther(): void;
  /** What the owner of the example ENVs may have at most; what is not named has no limit. */
  limitOwner(quota: Partial<Quota>): Promise<void>;
  /** Newest first, without those that made the example ENVs. */
  operations(): Operation[];
  /** Waits until all that was asked for is done and shown. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Started stores that have seen the first picture of the world. */
export async function startTestStores(options: TestStoresOptions = {}): Promise<TestStores> {
  const tokens = { [OWNER]: randomBytes(16).toString('hex'), [OTHER]: randomBytes(16).toString('hex') };
  // The ENV that has expired is made by a clock that is late; then the clock is put right.
  let lateByMs = options.empty ? 0 : (HANDOVER_LIFETIME_S + 1) * 1000;
  const agent = await startTestAgent({
    now: () => new Date(Date.now() - lateByMs),
    expiryLookMs: 20,
    makeImages: makeFakeImages,
    recipes: absentImages,
    config: {
      network: 'nat',
      memoryTotalMiB: 16_384,
      diskTotalMiB: 204_800,
      users: [
        { name: OWNER, role: 'admin', tokenSha256: sha256(tokens[OWNER]) },
        { name: OTHER, role: 'user', tokenSha256: sha256(tokens[OTHER]) },
      ],
    },
  });
  const connections: TestConnection[] = [];
  const connectAs = (name: typeof OWNER | typeof OTHER) => {
    const connection = agent.connectAs(tokens[name]);
    connections.push(connection);
    return connection;
  };
  const owner = connectAs(OWNER);
  if (!options.empty) {
    await seedHandover(owner.client);
    lateByMs = 0;
    await seedEnvs(owner.client);
    if (options.withSnapshot) await takeClean(owner.client);
    await until('one machine has failed', () => crashOne(agent));
    await until('handover has expired', async () => (await owner.client.env.show({ name: 'handover' })).env.expired);
  }
  const link = new TestLink(owner, options);
  const ofDesktop = options.connections ? new ConnectionStore(options.connections) : null;
  const stopListening = await ofDesktop?.start();
  const stores = new Stores(link, {
    address: memoryAddress(),
    settingsPlace: null,
    languages: ['en'],
    isShown: () => true,
    connections: ofDesktop,
  });
  const stopStores = stores.start();
  const settle = () =>
    until('all that was asked for is done and shown', () => isFollowing(stores, link) && isSettled(agent, link));
  await until('the window knows what to show', () => stores.link.up || stores.session.state !== 'ready');
  await settle();
  const ofSeed = new Set(stores.operations.recent.map(({ id }) => id));
  return {
    stores,
    link,
    agent,
    becomeOther: () => link.become(connectAs(OTHER)),
    limitOwner: (quota) =>
      agent.configure({ quotas: { default: UNLIMITED, users: { [OWNER]: { ...UNLIMITED, ...quota } } } }),
    operations: () => stores.operations.recent.filter(({ id }) => !ofSeed.has(id)),
    settle: async () => void (await settle()),
    async stop() {
      stopStores();
      stopListening?.();
      await link.allFeedsEnded();
      for (const connection of connections) connection.close();
      await agent.stop();
    },
  };
}

const UNLIMITED: Quota = {
  envs: null,
  vms: null,
  cpuCount: null,
  memoryMiB: null,
  diskMiB: null,
  storedMiB: null,
};

/** A window that is admitted, over a link that is up, is on its way to the first picture. */
function isFollowing({ session, link }: Stores, { isCut }: TestLink): boolean {
  return session.state !== 'ready' || isCut || link.up;
}

async function isSettled(agent: TestAgent, link: TestLink): Promise<boolean> {
  const abort = new AbortController();
  try {
    const feed = await agent.connection.client.event.follow({}, { signal: abort.signal });
    for await (const item of wholeItems(feed)) return item.kind === 'snapshot' && isQuiet(item, link);
    return false;
  } finally {
    abort.abort();
  }
}

function isQuiet({ revision, state }: WholeSnapshot, link: TestLink): boolean {
  return link.isQuietAt(revision) && state.operations.every((operation) => operation.state !== 'running');
}

/** The Debian of `upgrade-path` dies, as by a panic. */
async function crashOne(agent: TestAgent): Promise<boolean> {
  const { vms } = await agent.client.env.show({ name: 'upgrade-path' });
  const vm = vms.find(({ name }) => name.includes('debian'));
  if (!vm) throw new Error('upgrade-path has no Debian');
  if (vm.state === 'running') await agent.engine.crash(vm.id);
  return vm.state === 'failed';
}

/** Images that are not there, and never get ready: building one waits until somebody cancels it. */
const absentImages: TestAgentOptions['recipes'] = ['debian-12:kernel-6.9', 'ubuntu-24.04:default'].map((name) => ({
  name: `qemu:${name}`,
  directoryName: name.replace(':', '-'),
  memo: '',
  features: [],
  defaultLogin: null,
  minMemoryMiB: 256,
  minDiskMiB: 4096,
  firmware: 'bios',
  build: async ({ signal }) => {
    // Cancelled before it began, no event comes any more.
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  },
}));

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function memoryAddress(hash = '') {
  let now = hash;
  const listeners = new Set<() => void>();
  return {
    read: () => now,
    write: (next: string) => {
      now = next;
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** As if the user had typed another address. */
    visit: (next: string) => {
      now = next;
      for (const listener of listeners) listener();
    },
  };
}
