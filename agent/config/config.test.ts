// The configuration: flags override the file, the file overrides defaults, and every error names key, line and column.
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentConfig } from '../config.ts';
import { checkConfigText } from './config-file.ts';
import { ConfigError } from './errors.ts';
import { type ConfigFolder, makeConfigFolder } from './test-config.ts';

let files: ConfigFolder;
beforeEach(async () => {
  files = await makeConfigFolder();
});
afterEach(() => files.remove());

/** `line:column path: message` of each finding. */
function problemsOf(text: string): string[] {
  try {
    checkConfigText(text, 'f');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.code).toBe('CONFIG_INVALID');
    return error.problems.map(({ line, column, path: key, message }) => `${line}:${column} ${key}: ${message}`);
  }
}

const usualLimits = {
  envs: 500,
  vms: 5e3,
  snapshots: 2e3,
  images: 200,
  labs: 200,
  terminals: 2e3,
  profiles: 200,
  templates: 200,
  tokens: 32,
  textKiB: 16384,
  callsInFlight: 256,
  connectionsPerAddress: 512,
};
describe('without flags and file', () => {
  it('listens on loopback, keeps everything in the state folder and uses QEMU', async () => {
    const { folder } = files;
    const noLimit = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };
    const expected: AgentConfig = {
      configFile: null,
      home: folder,
      imageDirectory: path.join(folder, 'images'),
      tls: { mode: 'auto', names: [], certificateFile: null, keyFile: null },
      host: '127.0.0.1',
      port: 0,
      socketFile: null,
      socketGroup: null,
      engines: ['qemu'],
      acceleration: 'auto',
      storage: 'auto',
      zfsDataset: null,
      zfsVolumes: 'auto',
      warmImages: { count: 0, diskMiB: 8192, memoryMiB: 2048 },
      cpuTotal: null,
      memoryTotalMiB: null,
      diskTotalMiB: null,
      cpuOvercommit: 8,
      memoryOvercommit: 1,
      startWidth: null,
      lifetimeDefaultS: 3600,
      lifetimeMaxS: 21_600,
      lifetimeWarnS: [900, 300, 60],
      keepDeletedS: 0,
      quotas: { default: noLimit, users: {} },
      limits: usualLimits,
      audit: { keepDays: 90, maxMiB: 256 },
      network: 'auto',
      undoNetworkAtEnd: false,
      natPool: '10.210.0.0/16',
      flatPool: '10.200.0.0/16',
      switchPool: '10.213.0.0/16',
      flatLocalAddress: null,
      flatPeers: [],
      flatPort: 4789,
      lanDevice: null,
      lanUsers: [],
      firstPort: 40_000,
      lastPort: 59_999,
      hostAddress: null,
      onlyThisHost: false,
      vmUsers: null,
      cgroups: 'auto',
      tearDownOnExit: false,
      users: [],
      oidc: null,
      prepareImages: true,
      windowDirectory: null,
      logLevel: 'info',
      logFile: null,
    };
    expect(await files.read()).toEqual(expected);
    await files.write('# nothing yet\n');
    expect(await files.read()).toEqual({ ...expected, configFile: path.join(folder, 'agent.yaml') });
  });
});

describe('the file', () => {
  const whole = `
home: elsewhere
engine: fake
acceleration: kvm
prepareImages: false
tearDownOnExit: true
cgroups: off
storage: { kind: zfs, zfsDataset: tank/tt, zfsVolumes: never }
tls: { mode: always, names: [tt.example], certificateFile: cert.pem, keyFile: /k/key.pem }
images: { path: /i }
warmImages: { count: 2, diskMiB: 4096, memoryMiB: 1024 }
window: { directory: w }
log: { level: debug, file: tt.log }
listen: { address: '::1', port: 9527, socketFile: run/agent.sock, socketGroup: tt }
capacity:
  cpuTotal: 4
  cpuOvercommit: 1.5
  memoryTotalMiB: 1000
  memoryOvercommit: 2
  diskTotalMiB: 2000
  startWidth: 3
lifetime: { defaultS: 60, maxS: 120, warnS: [10, 30, 10] }
envs: { keepDeletedS: 86400 }
limits:
  labs: 7
audit: { keepDays: 30, maxMiB: 64 }
quota:
  default: { envs: 3, vms: 30, cpuCount: 60, memoryMiB: 4096, diskMiB: 0 }
  users:
    constructor: { envs: 1 }
network:
  default: nat
  undoAtEnd: true
  bridge: { device: br0, users: [ann] }
  nat: { pool: 10.64.0.0/12 }
  switch: { pool: 172.30.0.0/16 }
  flat: { pool: 192.168.0.0/16, localAddress: 192.0.2.1, peers: [192.0.2.2, 192.0.2.3], port: 8472 }
ports: { first: 30000, last: 30009, hostAddress: 192.0.2.9, onlyThisHost: true }
vmUsers: { first: 200000, count: 100 }
oidc:
  issuer: https://login.example/realms/staff
  clientId: tt
  clientSecretFile: oidc-secret
  serverUrl: https://tt.example:9527
  name: Example
  scopes: [openid, groups]
  caFile: /k/company.pem
  createUsers: true
  nameClaim: uid
  role: viewer
  domains: [example.com]
  groupsClaim: teams
  groups: [staff]
  roles: { admin: [bosses] }
users:
  - { name: ann, tokenSha256: "${'0'.repeat(64)}" }
  - { name: bob, tokenSha256: ${'a'.repeat(64)}, role: admin }
`;

  it('sets every key; its paths are meant from its folder', async () => {
    const file = await files.write(whole, 'other.yaml');
    expect(await files.read(['--config', file])).toEqual({
      configFile: file,
      home: path.join(files.folder, 'elsewhere'),
      imageDirectory: '/i',
      host: '::1',
      port: 9527,
      socketFile: path.join(files.folder, 'run', 'agent.sock'),
      socketGroup: 'tt',
      tls: {
        mode: 'always',
        names: ['tt.example'],
        certificateFile: path.join(files.folder, 'cert.pem'),
        keyFile: '/k/key.pem',
      },
      engines: ['fake'],
      acceleration: 'kvm',
      storage: 'zfs',
      zfsDataset: 'tank/tt',
      zfsVolumes: 'never',
      warmImages: { count: 2, diskMiB: 4096, memoryMiB: 1024 },
      cpuTotal: 4,
      memoryTotalMiB: 1000,
      diskTotalMiB: 2000,
      cpuOvercommit: 1.5,
      memoryOvercommit: 2,
      startWidth: 3,
      lifetimeDefaultS: 60,
      lifetimeMaxS: 120,
      lifetimeWarnS: [30, 10],
      keepDeletedS: 86_400,
      limits: { ...usualLimits, labs: 7 },
      audit: { keepDays: 30, maxMiB: 64 },
      quotas: {
        default: { envs: 3, vms: 30, cpuCount: 60, memoryMiB: 4096, diskMiB: 0, storedMiB: null },
        users: { constructor: { envs: 1, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null } },
      },
      network: 'nat',
      undoNetworkAtEnd: true,
      natPool: '10.64.0.0/12',
      flatPool: '192.168.0.0/16',
      switchPool: '172.30.0.0/16',
      flatLocalAddress: '192.0.2.1',
      flatPeers: ['192.0.2.2', '192.0.2.3'],
      flatPort: 8472,
      lanDevice: 'br0',
      lanUsers: ['ann'],
      firstPort: 30_000,
      lastPort: 30_009,
      hostAddress: '192.0.2.9',
      onlyThisHost: true,
      vmUsers: { first: 200_000, count: 100 },
      cgroups: 'off',
      tearDownOnExit: true,
      users: [
        { name: 'ann', tokenSha256: '0'.repeat(64), role: 'user' },
        { name: 'bob', tokenSha256: 'a'.repeat(64), role: 'admin' },
      ],
      oidc: {
        issuer: 'https://login.example/realms/staff',
        clientId: 'tt',
        clientSecretFile: path.join(files.folder, 'oidc-secret'),
        serverUrl: 'https://tt.example:9527',
        name: 'Example',
        scopes: ['openid', 'groups'],
        caFile: '/k/company.pem',
        createUsers: true,
        nameClaim: 'uid',
        role: 'viewer',
        domains: ['example.com'],
        groupsClaim: 'teams',
        groups: ['staff'],
        roles: { admin: ['bosses'], user: [], viewer: [] },
      },
      prepareImages: false,
      windowDirectory: path.join(files.folder, 'w'),
      logLevel: 'debug',
      logFile: path.join(files.folder, 'tt.log'),
    });
  });

  it('sends nothing to an OpenID provider but over TLS or on this computer', () => {
    const oidc = (issuer: string, serverUrl: string, more = '') =>
      problemsOf(`oidc: { clientId: tt, issuer: '${issuer}', serverUrl: '${serverUrl}'${more} }\n`);
    const [good, own] = ['https://login.example', 'https://tt.example:9527'];
    expect([...oidc(good, own), ...oidc('http://127.0.0.1:1', 'http://localhost:9527')]).toEqual([]);
    for (const bad of ['http://login.example', 'login.example', 'https://a:b@login.example', `${good}/.well-known/x`]) {
      expect([bad, oidc(bad, own)]).toEqual([bad, [expect.stringMatching(/ oidc\.issuer: must be the https address/)]]);
    }
    for (const bad of [`${own}/window`, `${own}/`, 'http://tt.example']) {
      expect([bad, oidc(good, bad)]).toEqual([bad, [expect.stringMatching(/ oidc\.serverUrl: must be /)]]);
    }
    expect(oidc(good, own, ', scopes: [email]')).toEqual([expect.stringMatching(/ oidc\.scopes: must contain openid/)]);
  });

  it('may say which engines, in its own words or those of earlier versions', async () => {
    for (const text of ['engines: [qemu]\n', 'engines:\n  - qemu\n', 'engine: qemu\n']) {
      await files.write(text);
      expect((await files.read()).engines).toEqual(['qemu']);
      expect((await files.read(['--engine', 'fake'])).engines).toEqual(['fake']);
    }
    expect(problemsOf('engine: vmware\n')[0]).toMatch(/^1:9 engines\[0\]: /);
    expect(problemsOf('engines: []\n')[0]).toMatch(/^1:10 engines: /);
    expect(problemsOf('engine: qemu\nengines: [qemu]\n')).toEqual([
      '1:1 engine: there is no such key; did you mean engines?',
    ]);
    expect(problemsOf('engines: [qemu, fake]\n')[0]).toMatch(/^1:10 engines: fake must be the only engine/);
    expect(problemsOf('engines: [qemu, qemu]\n')).toEqual(['1:17 engines[1]: qemu stands in the list already']);
  });

  it('gives nobody a quota by accident of a name', async () => {
    const { quotas } = await files.read();
    expect(['constructor', 'toString', '__proto__'].map((name) => quotas.users[name])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('goes below flags', async () => {
    const file = await files.write(whole);
    const argv = ['--config', file, '--home', '/h', '--image-path', '/images', '--serv-addr', '127.0.0.2'];
    const more = [
      '--serv-port',
      '0',
      '--engine',
      'qemu',
      '--acceleration',
      'tcg',
      '--cpu-total',
      '9',
      '--mem-total',
      '8',
      '--disk-total',
      '7',
    ];
    const rest = ['--life-max', '600', '--network', 'flat', '--cgroups', 'auto', '--first-port', '30005'];
    const last = [
      '--last-port',
      '30007',
      '--host-addr',
      '192.0.2.8',
      '--window',
      '/w',
      '--log-level',
      'warn',
      '--log-file',
      '/tt.log',
    ];
    expect(await files.read([...argv, ...more, ...rest, ...last])).toMatchObject({
      configFile: file,
      home: '/h',
      imageDirectory: '/images',
      host: '127.0.0.2',
      port: 0,
      engines: ['qemu'],
      acceleration: 'tcg',
      cpuTotal: 9,
      memoryTotalMiB: 8,
      diskTotalMiB: 7,
      lifetimeDefaultS: 60,
      lifetimeMaxS: 600,
      network: 'flat',
      cgroups: 'auto',
      firstPort: 30_005,
      lastPort: 30_007,
      hostAddress: '192.0.2.8',
      windowDirectory: '/w',
      logLevel: 'warn',
      logFile: '/tt.log',
      tearDownOnExit: true,
      prepareImages: false,
    });
    await files.write('');
    expect(await files.read(['--no-prepare', '--tear-down-on-exit', '--life-max', '60'])).toMatchObject({
      prepareImages: false,
      tearDownOnExit: true,
      lifetimeDefaultS: 60,
      lifetimeMaxS: 60,
    });
  });

  it('is the named one, else the system’s for root, else the one in the state folder', async () => {
    const named = await files.write('', 'named.yaml');
    const system = await files.write('', 'system.yaml');
    const inHome = await files.write('');
    expect((await files.read(['--config', named], true)).configFile).toBe(named);
    expect((await files.read([], true)).configFile).toBe(system);
    expect((await files.read([], false)).configFile).toBe(inHome);
    expect((await files.read(['--home', path.join(files.folder, 'none')])).configFile).toBeNull();
  });

  it('that is named must be there and be a file', async () => {
    const none = files.read(['--config', path.join(files.folder, 'none.yaml')]);
    await expect(none).rejects.toMatchObject({ name: 'ConfigError', code: 'CONFIG_NOT_FOUND' });
    const folder = files.read(['--config', files.folder]);
    await expect(folder).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });
});

describe('what is wrong', () => {
  it.each([
    [
      'capacity:\n  memTotalMiB: 1\n',
      ['2:3 capacity.memTotalMiB: there is no such key; did you mean capacity.memoryTotalMiB?'],
    ],
    ['\nlogs: {}\n', ['2:1 logs: there is no such key; did you mean log?']],
    ['cpuTotal: 3\n', ['1:1 cpuTotal: there is no such key; did you mean capacity.cpuTotal?']],
    [
      'ports:\n  hostaddress: 1.2.3.4',
      ['2:3 ports.hostaddress: there is no such key; did you mean ports.hostAddress?'],
    ],
    ['xyzzyplugh: 1', ['1:1 xyzzyplugh: there is no such key']],
    [
      `users:\n  - name: ann\n    tokenSha256: "${'0'.repeat(64)}"\n    roles: admin\n`,
      ['4:5 users[0].roles: there is no such key; did you mean users[].role?'],
    ],
    [
      'quota:\n  users:\n    ann: { vm: 1 }',
      ['3:12 quota.users.ann.vm: there is no such key; did you mean quota.default.vms?'],
    ],
  ])('in %j: an unknown key, where it stands and what was meant', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it.each([
    ['listen:\n  port: 65536\n', '2:9 listen.port: '],
    ['listen:\n  port: "80"\n', '2:9 listen.port: '],
    ['capacity:\n  memoryTotalMiB: 1.5', '2:19 capacity.memoryTotalMiB: '],
    ['network: { default: bridge }', '1:21 network.default: '],
    ['network:\n  nat:\n    pool: 10.210.1.0/16', '3:11 network.nat.pool: must be an IPv4 network'],
    ['network: { nat: { pool: 10.0.0.0/24 } }', '1:25 network.nat.pool: '],
    ['network: { nat: { pool: 10.200.0.0/20 } }', '1:10 network.flat.pool: must not overlap network.nat.pool'],
    ['network: { flat: { peers: [192.0.2.1, nobody] } }', '1:39 network.flat.peers[1]: must be an IPv4 address'],
    ['listen: { port: 40022 }', '1:17 listen.port: must not lie in the range of forwards (40000 to 59999)'],
    ['ports: { first: 50000, last: 40000 }', '1:17 ports.first: must not be above ports.last (40000)'],
    ['lifetime: { defaultS: 90, maxS: 60 }', '1:23 lifetime.defaultS: must not be above lifetime.maxS (60)'],
    ['lifetime: { maxS: 5 }', '1:19 lifetime.maxS: '],
    ['vmUsers: { first: 100 }', '1:10 vmUsers.count: '],
    ['users: [{ name: ann, tokenSha256: secret }]', '1:35 users[0].tokenSha256: must be 64 lower-case hex digits'],
    [`users: [{ name: local, tokenSha256: "${'0'.repeat(64)}" }]`, '1:17 users[0].name: must not be "local"'],
    ['- a\n- b', '1:1 : '],
    ['just words', '1:1 : '],
    ['listen: 7', '1:9 listen: '],
    ['listen: null', '1:9 listen: '],
  ])('in %j: a value that does not fit', (text, start) => {
    expect(problemsOf(text)[0]?.slice(0, start.length)).toBe(start);
  });

  it.each([
    'a: [1',
    'engine: qemu\nengine: fake\n',
    'engine: !!js/function "x"',
    '\tengine: qemu',
    '---\nengine: qemu\n---\nengine: fake\n',
    'engine: *nothing',
    'a: &a [1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n',
  ])('in %j: no YAML that can be trusted', (text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(/^\d+:\d+ /);
  });

  it('is told all at once, as compilers do', async () => {
    const file = await files.write('engine: vmware\nlisten:\n  port: x\n  adress: 1\n');
    const error = await files.read().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    const lines = (error as ConfigError).message.split('\n');
    expect(lines.map((line) => /^\S+: \S+(?=:)/.exec(line)?.[0])).toEqual([
      `${file}:1:9: engines[0]`,
      `${file}:3:9: listen.port`,
      `${file}:4:3: listen.adress`,
    ]);
  });

  it('two users with one name or one token', () => {
    const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
    const list = (...users: [string, string][]) =>
      `users:\n${users.map(([name, hash]) => `  - { name: ${name}, tokenSha256: "${hash}" }\n`).join('')}`;
    expect(problemsOf(list(['ann', one], ['bob', two]))).toEqual([]);
    expect(problemsOf(list(['ann', one], ['ann', two]))).toEqual([
      '3:13 users[1].name: ann stands in the list already',
    ]);
    expect(problemsOf(list(['ann', one], ['bob', one]))).toEqual([
      '3:31 users[1].tokenSha256: another user has the same token',
    ]);
  });
});

describe('flags', () => {
  it.each([
    ['--serv-port=65536'],
    ['--serv-port=-1'],
    ['--serv-port='],
    ['--mem-total=0'],
    ['--mem-total=1.5'],
    ['--first-port=80'],
    ['--engine=vmware'],
    ['--network=lan'],
    ['--log-level=loud'],
    ['--no-such-flag'],
    ['extra'],
  ])('refuse %s', async (...argv) => {
    await expect(files.read(argv)).rejects.toMatchObject({ name: 'CommanderError', exitCode: 1 });
  });

  it.each([
    [['--first-port=50000', '--last-port=40000'], 'flags: ports.first: must not be above ports.last (40000)'],
    [['--life-max=5'], 'give a whole number from 30'],
    [['--host-addr=nowhere'], 'flags: ports.hostAddress: must be an IPv4 address'],
    [['--home='], 'flags: home: '],
    [['--bridge=br 0'], 'flags: network.bridge.device: must be the name of an interface'],
    [['--network=bridge'], 'flags: network.default: must not be bridge without network.bridge.device'],
  ])('%j make no sense', async (argv, message) => {
    await expect(files.read(argv)).rejects.toThrow(message);
  });
});
