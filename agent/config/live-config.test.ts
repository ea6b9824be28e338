// Reloading the file while the agent runs: what is applied, what waits for a restart, and that an invalid file changes nothing.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentConfig } from '../config.ts';
import { changedKeys, fileForm, isLive } from './file-form.ts';
import { keys } from './keys.ts';
import { LiveConfig } from './live-config.ts';
import { defaultConfig } from './read-config.ts';
import { type ConfigFolder, makeConfigFolder } from './test-config.ts';

let files: ConfigFolder;
let log: Record<string, unknown>[];
let told: { level: string; changed: readonly string[] }[];

beforeEach(async () => {
  files = await makeConfigFolder();
  log = [];
  told = [];
});
afterEach(() => files.remove());

async function start(text: string, argv: readonly string[] = []): Promise<LiveConfig> {
  await files.write(text);
  const logger = pino({ base: null }, { write: (line) => log.push(JSON.parse(line) as Record<string, unknown>) });
  const live = new LiveConfig(await files.read(argv), () => files.read(argv), logger);
  live.onChange((config, changed) => told.push({ level: config.logLevel, changed }));
  return live;
}

/** Another valid value for each key. */
const other: AgentConfig = {
  configFile: null,
  home: '/other',
  imageDirectory: '/other/i',
  tls: { mode: 'always', names: ['tt.example'], certificateFile: '/etc/tt/cert.pem', keyFile: '/etc/tt/key.pem' },
  host: '127.0.0.2',
  port: 1,
  socketFile: '/run/tt/agent.sock',
  socketGroup: 'tt',
  engines: ['fake'],
  acceleration: 'tcg',
  storage: 'zfs',
  zfsDataset: 'tank/tt',
  zfsVolumes: 'never',
  warmImages: { count: 1, diskMiB: 1, memoryMiB: 1 },
  cpuTotal: 1,
  memoryTotalMiB: 1,
  diskTotalMiB: 1,
  cpuOvercommit: 1,
  memoryOvercommit: 2,
  startWidth: 1,
  lifetimeDefaultS: 31,
  lifetimeMaxS: 32,
  lifetimeWarnS: [1],
  keepDeletedS: 1,
  quotas: {
    default: { envs: 1, vms: 1, cpuCount: 1, memoryMiB: 1, diskMiB: 1, storedMiB: 1 },
    users: { ann: noQuota() },
  },
  limits: {
    envs: 1,
    vms: 1,
    snapshots: 1,
    images: 1,
    labs: 1,
    terminals: 1,
    profiles: 1,
    templates: 1,
    tokens: 1,
    textKiB: 1,
    callsInFlight: 1,
    connectionsPerAddress: 1,
  },
  audit: { keepDays: 1, maxMiB: 1 },
  network: 'flat',
  undoNetworkAtEnd: true,
  natPool: '10.0.0.0/16',
  flatPool: '10.1.0.0/16',
  switchPool: '10.2.0.0/16',
  flatLocalAddress: '192.0.2.1',
  flatPeers: ['192.0.2.2'],
  flatPort: 1,
  lanDevice: 'br0',
  lanUsers: ['ann'],
  firstPort: 2000,
  lastPort: 2001,
  hostAddress: '192.0.2.1',
  onlyThisHost: true,
  vmUsers: { first: 1, count: 1 },
  cgroups: 'off',
  tearDownOnExit: true,
  users: [{ name: 'ann', tokenSha256: '0'.repeat(64), role: 'user' }],
  oidc: {
    issuer: 'https://login.example',
    clientId: 'tt',
    clientSecretFile: '/etc/tt/oidc-secret',
    serverUrl: 'https://tt.example:9527',
    name: 'Example',
    scopes: ['openid'],
    caFile: null,
    createUsers: true,
    nameClaim: 'name',
    role: 'viewer',
    domains: [],
    groupsClaim: 'groups',
    groups: [],
    roles: { admin: [], user: [], viewer: [] },
  },
  prepareImages: false,
  windowDirectory: '/w',
  logLevel: 'debug',
  logFile: '/tt.log',
};

function noQuota() {
  return { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };
}

describe('a reload', () => {
  it('takes over exactly the keys the schema says it does', async () => {
    const before = defaultConfig('/home');
    const live = new LiveConfig(before, async () => other);
    const reload = await live.reload();
    const all = [...fileForm(before).keys()];
    expect(reload?.applied.toSorted()).toEqual(all.filter(isLive).toSorted());
    expect(reload?.needRestart.toSorted()).toEqual(all.filter((key) => !isLive(key)).toSorted());
    // What it says is what it does.
    expect(changedKeys(before, live.current)).toEqual(reload?.applied);
    expect(changedKeys(live.current, other)).toEqual(reload?.needRestart);
  });

  it('speaks of every key there is', () => {
    const spoken = [...fileForm(other).keys()];
    const silent = keys.filter(
      ({ path }) => !spoken.some((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('tells those who listen, once, and says in the log what has changed', async () => {
    const live = await start('log: { level: info }\nusers: []\n');
    await files.write('log: { level: warn }\nlifetime: { maxS: 7200 }\n');
    await live.reload();
    expect(told).toEqual([{ level: 'warn', changed: ['log.level', 'lifetime.maxS'] }]);
    expect([live.current.logLevel, live.current.lifetimeMaxS]).toEqual(['warn', 7200]);
    expect(log.at(-1)).toMatchObject({ msg: 'configuration read again', changed: ['log.level', 'lifetime.maxS'] });
    await live.reload();
    expect([told.length, log.at(-1)?.['msg']]).toEqual([1, 'configuration read again: nothing to take over']);
  });

  it('names in a warning what needs a restart, and leaves it as it was', async () => {
    const live = await start('');
    await files.write('listen: { port: 9000 }\nlog: { level: debug }\n');
    expect(await live.reload()).toEqual({ applied: ['log.level'], needRestart: ['listen.port'] });
    expect([live.current.port, live.current.logLevel]).toEqual([0, 'debug']);
    expect(log).toContainEqual(expect.objectContaining({ level: 40, needRestart: ['listen.port'] }));
  });

  it('keeps the one before when the file is wrong or gone, and says where it is wrong', async () => {
    const live = await start('log: { level: warn }\n');
    const before = live.current;
    const file = await files.write('log:\n  levle: debug\n');
    expect(await live.reload()).toBeNull();
    expect([live.current, told]).toEqual([before, []]);
    expect(log.at(-1)).toMatchObject({
      level: 50,
      code: 'CONFIG_INVALID',
      msg: expect.stringContaining(`${file}:2:3: log.levle: there is no such key; did you mean log.level?`) as string,
    });
    await files.write('log: { level: error }\n');
    expect(await live.reload()).toMatchObject({ applied: ['log.level'] });
  });

  it('leaves flags where they are: above the file', async () => {
    const live = await start('log: { level: warn }\n', ['--log-level', 'debug']);
    await files.write('log: { level: error }\n');
    expect(await live.reload()).toEqual({ applied: [], needRestart: [] });
    expect(live.current.logLevel).toBe('debug');
  });

  it('goes on to the others when one who listens fails, and stops telling who stopped', async () => {
    const live = await start('');
    live.onChange(() => {
      throw new Error('no');
    });
    const late: string[] = [];
    const stop = live.onChange(({ logLevel }) => late.push(logLevel));
    await files.write('log: { level: warn }\n');
    await live.reload();
    stop();
    await files.write('log: { level: debug }\n');
    await live.reload();
    expect([late, told.map(({ level }) => level)]).toEqual([['warn'], ['warn', 'debug']]);
    expect(log.filter(({ level }) => level === 50)).toHaveLength(2);
  });
});
