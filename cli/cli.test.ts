// `tt` as people and scripts run it, against a real agent with the fake engine: every command, with and without --json, an
// exit code for each family of failures, and Ctrl-C.
import { once } from 'node:events';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type EnvDetail,
  envDetailSchema,
  envSchema,
  errorRecordSchema,
  hostSchema,
  imageSchema,
  type Snapshot,
  sessionViewSchema,
  snapshotSchema,
  snapshotUsageSchema,
} from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand, spawnProcess } from '../agent/host/run-command.ts';
import { NOTHING, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { startTestTt, type TestTt, ttMain } from './test-tt.ts';

const serverSchema = hostSchema.extend({ systems: z.array(z.string()) });

let running: TestTt;
let agent: TestAgent;
let emptyHome: string;
let tt: TestTt['tt'];
let json: TestTt['json'];
let text: TestTt['text'];
let endings: TestTt['endings'];

beforeAll(async () => {
  running = await startTestTt({ config: { memoryTotalMiB: 1024, network: 'user' } });
  ({ agent, emptyHome, tt, json, text, endings } = running);
});
afterAll(() => running.stop());

describe('a day with tt', () => {
  it('makes, shows, stops, starts and deletes an ENV', async () => {
    const added = await json<EnvDetail>(
      'env add demo --os-prefix=tiny --dup-each 1 --title T --vm-port 80 --life-time 7200',
      envDetailSchema,
    );
    expect(
      added.vms.map(({ name, state, portMap }) => [name, state, portMap.map(({ guestPort }) => guestPort)]),
    ).toEqual([
      ['demo/tiny-2-1', 'running', [22, 80]],
      ['demo/tiny-2-2', 'running', [22, 80]],
    ]);
    const port = added.vms[0]?.portMap[0]?.hostPort;
    const [list, listJson, show, showJson] = await Promise.all([
      text('env list'),
      json('env list', z.object({ envs: z.array(envSchema) })),
      text('env show demo'),
      json('env show demo', envDetailSchema),
    ]);
    expect(list).toMatch(
      /^NAME +STATE +VMS +ENDS IN +AT END +OWNER +TAGS +TITLE\ndemo +running +2 +(1 h 59|2 h 0) min +delete +local +T\n$/,
    );
    expect([listJson.envs, showJson]).toEqual([[added.env], added]);
    expect(show.split('\n')).toEqual([
      expect.stringMatching(/^demo: running, ends in /),
      expect.stringMatching(/^VM +STATE +GUEST +IMAGE +CPU +MEM MIB +PORTS$/),
      expect.stringMatching(
        new RegExp(`^demo/tiny-2-1 +running +booting +qemu:tiny-2:default +1 +128 +22=127.0.0.2:${port} 80=`),
      ),
      expect.stringMatching(/^demo\/tiny-2-2 +running/),
      '',
    ]);

    expect((await json('env stop demo --grace 1', envDetailSchema)).env.state).toBe('stopped');
    expect(await text('env start demo')).toMatch(/^demo: running/);
    expect(await text('env stop demo --grace 0')).toMatch(/^demo: stopped/);
    expect((await json('env start demo', envDetailSchema)).env.state).toBe('running');
    expect(await text('env del demo')).toBe('demo is deleted\n');
    expect(await agent.belongings()).toEqual(NOTHING);
    expect(await text('env add plain --os-prefix tiny --mem 96 --cpu 2 --deny-outgoing')).toMatch(
      /tiny-2-1 +running +(?:booting|agent answers) +qemu:\S+ +2 +96 /,
    );
    expect(await json('env del plain', z.object({ name: z.string() }))).toEqual({ name: 'plain' });
  });

  it('renames, describes and draws snapshots, and takes a revert back', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const added = await json<Snapshot>('snapshot add demo a --title A --life-time 2h', snapshotSchema);
    expect(added.expiresAt).not.toBeNull();
    await agent.client.snapshot.create({ envName: 'demo', name: 'b' });
    expect(await text('snapshot update demo a --rename root --notes why --keep')).toMatch(
      /^root: user snapshot of demo, A\ntaken .*\nkept until the ENV is deleted\nwhy\nVM +RAM +CPU +MEM +DISKS\ndemo\/tiny-2-1 +\d+ MiB +1 +128 +disk0=\d+\n$/,
    );
    expect((await json<Snapshot>('snapshot show demo root', snapshotSchema)).title).toBe('A');
    expect(await text('snapshot tree demo')).toBe('└─ root\n   └─ b *\n');
    expect(await json('snapshot tree demo', z.looseObject({}))).toMatchObject({
      tree: [{ name: 'root', children: [{ name: 'b', children: [] }] }],
    });
    const undo = await tt('snapshot undo demo');
    expect([undo.exitCode, undo.stderr]).toEqual([3, expect.stringContaining('SNAPSHOT_NOT_FOUND')]);
    await agent.client.snapshot.revert({ envName: 'demo', name: 'root' });
    expect(await text('snapshot undo demo')).toMatch(
      /^demo was reverted to Before revert, [\d -]*\d\d:\d\d \(before-root-\d{15}\)\n$/,
    );
    await agent.client.env.delete({ name: 'demo' });
  });

  it('says what snapshots hold, compacts disks, and lets an ENV take some by itself', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    for (const name of ['a', 'b']) await agent.client.snapshot.create({ envName: 'demo', name });
    expect(await text('snapshot usage demo')).toMatch(
      /^SNAPSHOT +RAM +DISK +CHILDREN +FORKS +MISSING\na +\d+ MiB +\d+ MiB +b +- +-\n[\s\S]*\ndemo\/tiny-2-1 +\d+ MiB\n$/,
    );
    const usage = z.object({ vms: z.array(z.looseObject({})), snapshots: z.array(snapshotUsageSchema) });
    expect((await json('snapshot usage demo', usage)).snapshots.map(({ forks }) => forks)).toEqual([[], []]);
    expect(await text('snapshot compact demo')).toBe('demo/tiny-2-1: running, skipped\n');
    expect(await json('snapshot compact demo', z.looseObject({}))).toMatchObject({ vms: [{ skipped: true }] });
    expect(await text('snapshot schedule demo')).toBe('demo has no schedule\n');
    expect(await text('snapshot schedule demo --every 1h --keep 3')).toMatch(
      /^demo: every 60 min, keeps the newest 3; next in (59 min|1 h 0 min)\n$/,
    );
    expect(await json('snapshot schedule demo --off', envSchema)).toMatchObject({ nextSnapshotAt: null });
    await agent.client.env.delete({ name: 'demo' });
  });

  it('takes, lists, reverts to and deletes snapshots, of all VMs or by name', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const taken = await json<Snapshot>('snapshot add demo ripe --notes apples', snapshotSchema);
    expect(taken).toMatchObject({ name: 'ripe', notes: 'apples', scope: 'env' });
    expect(await text('snapshot add demo one --vm tiny-2-2')).toMatch(/^one: 1 VMs, paused for [\d.]+ ms\n$/);
    const [list, listJson, show] = await Promise.all([
      text('snapshot list demo'),
      json('snapshot list demo', z.object({ snapshots: z.array(snapshotSchema) })),
      text('env show demo'),
    ]);
    expect(list).toMatch(
      /^NAME +SCOPE +VMS +RAM +TAKEN +EXPIRES IN +TITLE +NOTES\nripe +env +2 +\d+ MiB +\S+ +- +apples\none +vm +1 +\d+ MiB +\S+ +-\n$/,
    );
    expect([listJson.snapshots.map(({ name }) => name), show]).toEqual([
      ['ripe', 'one'],
      expect.stringContaining('snapshots: ripe, one\n'),
    ]);

    const applied = await text('snapshot revert demo ripe');
    const undo = /^demo was reverted to ripe; undo with: tt (snapshot undo demo)\n$/.exec(applied)?.[1];
    expect(await text('snapshot list demo')).toMatch(
      /^Before revert, [\d -]*\d\d:\d\d \(before-ripe-\d{15}\) +safety +2 /m,
    );
    expect(await text('snapshot tree demo')).toContain('─ Before revert, ');
    expect(await text(undo ?? 'no undo')).toContain('demo was reverted to Before revert, ');
    const schema = z.looseObject({ snapshot: snapshotSchema });
    const partly = await json(`snapshot apply demo ripe --no-safety --vm ${vms[0]?.id} demo/tiny-2-2`, schema);
    expect(partly).toMatchObject({ snapshot: taken, safetySnapshotName: null, vms: [{ restarted: false }, {}] });
    expect(await text('snapshot del demo one')).toBe('one is deleted\n');
    expect(await json('snapshot del demo ripe', z.object({ name: z.string() }))).toEqual({ name: 'ripe' });
    await agent.client.env.delete({ name: 'demo' });
  });

  it('shows the server, the images, and a link for a browser', async () => {
    const [status, statusJson, server, serverJson, images, imagesJson, build, buildJson] = await Promise.all([
      text('status'),
      json('status', z.looseObject({ stateDirectory: z.string(), server: z.string() })),
      text('status --server'),
      json<z.infer<typeof serverSchema>>('status --server', serverSchema),
      text('image list'),
      json('image list', z.object({ images: z.array(imageSchema) })),
      text('image build qemu:tiny-2:default'),
      json('image build qemu:tiny-2:default', imageSchema),
    ]);
    expect(status).toMatch(
      new RegExp(
        [
          `^state folder: ${agent.home}\n`,
          'tt: {11}0.1.0\n',
          `server: {7}the private agent of this computer \\(${agent.url}\\)\n`,
          'reachable: {4}yes, [\\d.]+ ms\n',
          'version: {6}TT \\S+ on \\S+\n',
          'you are: {6}local \\(admin\\)\n$',
        ].join(''),
      ),
    );
    expect(statusJson).toMatchObject({ stateDirectory: agent.home, server: 'private', reachable: true, user: 'local' });
    expect(server).toMatch(
      new RegExp(
        [
          '^host: {5}.*\n',
          'engine: {3}fake 1 for fake:…, qemu:…; tcg, the fake engine runs no processors\n',
          'cpu: {6}0 of \\d+ allocated, \\d+ in the machine\n',
          'memory: {3}0 of 1024 MiB allocated, 0 MiB in use\n',
          'disk: {5}0 of 65536 MiB allocated, \\d+ MiB free\n',
          'storage: {2}stand-ins for disks at .*\n',
          'running: {2}0 VMs\n',
          'network: {2}user \\(default\\).*\n',
          'firewall: hostfwd.*\n',
          'cgroups: {2}\\w+, .*\n',
          'ports: {4}0 used of \\d+ to \\d+\n',
          'systems: {2}.*debian-12.*, tiny-2.*\n$',
        ].join(''),
      ),
    );
    const { id, name, engines, networks } = await agent.client.host.show();
    expect(serverJson).toMatchObject({ id, name, engines, networks });
    expect(serverJson.systems).toContain('debian-12');
    expect(images).toMatch(
      /^NAME +KIND +STATE +SIZE +WARM +ABOUT\n(qemu:.*\n)*qemu:debian-12:default +disk +ready .*\n(qemu:.*\n)*qemu:tiny-2:default +disk +ready .*\n/,
    );
    expect(imagesJson).toEqual(await agent.client.image.list());
    expect([build, buildJson]).toEqual([
      'qemu:tiny-2:default is ready\n',
      imagesJson.images.find(({ name }) => name === 'qemu:tiny-2:default'),
    ]);

    const link = (await text('open')).trim();
    const again = await json('open', z.object({ link: z.string(), expiresAt: z.iso.datetime() }));
    for (const url of [link, again.link]) {
      const [address, code] = url.split('/#join=');
      expect(address).toBe(agent.url);
      const joined = await fetch(`${address}/api/session/join`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
      expect(joined.status).toBe(200);
    }
  });

  it('lists the browsers that are let in, and ends that', async () => {
    const { code } = await agent.client.session.invite();
    const { secret, session } = await agent.client.session.join({ code });
    const isIn = async () =>
      (await fetch(`${agent.url}/api/envs`, { headers: { authorization: `Bearer ${secret}` } })).status;
    const listed = await json('session list', z.array(sessionViewSchema));
    expect(listed.find(({ id }) => id === session.id)).toMatchObject({ userName: 'local', isThis: false });
    expect(await text('session list')).toContain(session.id);
    expect([await isIn(), await text(`session end ${session.id}`), await isIn()]).toEqual([200, '1 ended\n', 401]);
    expect(await text('session end --all')).toBe(`${listed.length - 1} ended\n`);
    expect(await endings('session end', `session end ${session.id} --all`, `session end ${session.id}`)).toEqual([
      [2, undefined],
      [2, undefined],
      [3, 'LOGIN_NOT_FOUND'],
    ]);
  });

  it('talks to the server it was told to, and keeps that for itself', async () => {
    const env = { TT_HOME: emptyHome, TT_TOKEN: agent.token };
    const { hostname, port } = new URL(agent.url);
    const chosen = await tt(`config --serv-addr ${hostname} --serv-port ${port}`, env);
    expect([chosen.exitCode, chosen.stdout]).toEqual([0, `server: ${agent.url}\n`]);
    const file = path.join(emptyHome, 'cli.json');
    expect([(await stat(file)).mode & 0o777, JSON.parse(await readFile(file, 'utf8'))]).toEqual([
      0o600,
      { url: agent.url, token: agent.token },
    ]);
    expect((await tt('status --server --json', { TT_HOME: emptyHome })).exitCode).toBe(0);
    expect((await tt('config --json', { TT_HOME: emptyHome })).stdout).toBe(`{\n  "server": "${agent.url}"\n}\n`);
    const tokenFile = path.join(emptyHome, 'token-of-the-server');
    await writeFile(tokenFile, `${agent.token}\n`);
    const byFile = await tt(`config --serv-addr ${agent.url}/ --token-file ${tokenFile}`, { TT_HOME: emptyHome });
    expect([byFile.exitCode, (await tt('env list', { TT_HOME: emptyHome })).exitCode]).toEqual([0, 0]);
    expect((await tt('config --private', { TT_HOME: emptyHome })).stdout).toBe(
      'server: the private agent of this computer\n',
    );
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('what goes wrong', () => {
  it('on the command line ends with 2, says how it is meant, and asks no server', async () => {
    const wrong = [
      'env add demo',
      'env add --os-prefix tiny',
      'env add demo --os-prefix tiny --dup-each x',
      'env add demo --os-prefix tiny --vm-port http',
      'env add demo --os-prefix ,',
      'env add demo --vm tiny,cpu=none',
      'env update demo',
      'env update demo --deny-outgoing --allow-outgoing',
      'env extend demo soon',
      'env shorten demo +1h',
      'env add-vm demo',
      'env kick demo',
      'vm update demo/tiny-2-1',
      'vm stop',
      'env stop demo --grace 301',
      'env fly demo',
      'nothing',
      'config --name kim',
      '',
    ];
    const ended = await Promise.all(wrong.map((args) => tt(args, { TT_HOME: emptyHome })));
    expect(
      ended.map(({ exitCode, stdout, stderr }, index) => [wrong[index], exitCode, stdout, stderr.length > 0]),
    ).toEqual(wrong.map((args) => [args, 2, '', true]));
    expect(ended[0]?.stderr).toContain('--os-prefix');
    expect(ended[3]?.stderr).toContain('"http" is not a port; write 80 or 53/udp.');
    const said = (args: string) => ended[wrong.indexOf(args)]?.stderr;
    expect(said('env add demo --vm tiny,cpu=none')).toContain('in "cpu=none": give a whole number from 1 to 64.');
    expect(said('env update demo')).toBe(
      'tt: give at least one change, e.g. --life-time 7200; see "tt env update --help".\n',
    );
    expect(said('env extend demo soon')).toContain('write +1h (later), -30m (earlier) or 90m (from now).');
    expect(said('env kick demo')).toBe('tt: select VMs with --vm, --os-prefix or --dead.\n');
    expect((await tt('--help', { TT_HOME: emptyHome })).exitCode).toBe(0);
    expect((await tt('--version', { TT_HOME: emptyHome })).exitCode).toBe(0);
  });

  it('ends with the code of its family, and says what to do', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const families: [args: string, exitCode: number, code: string][] = [
      ['env add bad/name --os-prefix tiny', 2, 'NAME_INVALID'],
      ['env add new --os-prefix tiny --life-time 21601', 2, 'LIFETIME_TOO_LONG'],
      ['env show demmo', 3, 'ENV_NOT_FOUND'],
      ['env add new --os-prefix plan9', 3, 'IMAGE_NOT_FOUND'],
      ['snapshot add demo x --vm nobody', 3, 'VM_NOT_FOUND'],
      ['env add demo --os-prefix tiny', 4, 'ENV_NAME_TAKEN'],
      ['env add new --os-prefix tiny --mem 1000', 5, 'MEMORY_EXHAUSTED'],
      ['env add new --os-prefix tiny --disk 66000', 5, 'DISK_EXHAUSTED'],
    ];
    const ended = await Promise.all(families.map(([args]) => tt(args)));
    expect(ended.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, /\[(\w+)\]/.exec(stderr)?.[1]])).toEqual(
      families.map(([, exitCode, code]) => [exitCode, '', code]),
    );
    expect(ended[2]?.stderr).toBe(
      'tt: There is no ENV called demmo.\n    List the ENVs to see their names. [ENV_NOT_FOUND]\n    Did you mean: demo?\n',
    );

    agent.engine.failNext('start', 'START_FAILED');
    const failed = await tt('env add new --os-prefix tiny');
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('    | told to fail\n')]);
    const asJson = await tt('env show demmo --json');
    expect([asJson.exitCode, asJson.stdout]).toEqual([3, '']);
    expect(z.object({ error: errorRecordSchema }).parse(JSON.parse(asJson.stderr)).error).toMatchObject({
      code: 'ENV_NOT_FOUND',
      data: { suggestions: ['demo'] },
    });
    await agent.client.env.delete({ name: 'demo' });
  });

  it('is the same as a process of its own', async () => {
    for (const args of ['env list --json', 'env show nobody', 'env fly demo', '--version']) {
      const options = { timeoutMs: 15_000, env: { TT_HOME: agent.home, TT_TOKEN: '' }, okExitCodes: [0, 2, 3] };
      const { exitCode, stdout, stderr } = await runCommand(process.execPath, [ttMain, ...args.split(' ')], options);
      expect({ exitCode, stdout, stderr }).toEqual(await tt(args));
    }
  });

  it('without an agent ends with 6 and says how to start one', async () => {
    const nobody = await tt('env list', { TT_HOME: path.join(emptyHome, 'none') });
    expect([nobody.exitCode, nobody.stdout, nobody.stderr]).toEqual([
      6,
      '',
      `tt: No private agent is running for ${emptyHome}/none.\n    Start it with "npm start" (or "npx tt-agent"), or select a server with "tt config". [AGENT_NOT_RUNNING]\n`,
    ]);
    const other = path.join(emptyHome, 'other');
    await tt('config --serv-addr 127.0.0.1 --serv-port 1', { TT_HOME: other, TT_TOKEN: 'x' });
    const unreachable = await tt('env list', { TT_HOME: other });
    expect([unreachable.exitCode, unreachable.stderr]).toEqual([6, expect.stringContaining('[AGENT_UNREACHABLE]')]);
  });

  it('with a wrong token ends with 7, and shows no token', async () => {
    const home = path.join(emptyHome, 'stranger');
    await tt(`config --serv-addr ${agent.url}`, { TT_HOME: home, TT_TOKEN: 'a-wrong-token' });
    const stranger = await tt('env list', { TT_HOME: home });
    expect([stranger.exitCode, stranger.stderr]).toEqual([7, expect.stringContaining('[UNAUTHORIZED]')]);
    expect(stranger.stderr + stranger.stdout).not.toContain('a-wrong-token');
  });
});

describe('Ctrl-C', () => {
  /** Starts `tt`, presses Ctrl-C (or sends another signal) when `reached`, and tells how it ended. */
  async function interrupt(
    args: string,
    reached: Promise<void>,
    signal: NodeJS.Signals = 'SIGINT',
  ): Promise<{ exitCode: unknown; stderr: string }> {
    const file = path.join(emptyHome, 'stderr');
    const stderr = await open(file, 'w');
    const child = await spawnProcess(process.execPath, [ttMain, ...args.split(' ')], {
      detached: false,
      env: { TT_HOME: agent.home },
      stderrFd: stderr.fd,
    });
    const ended = once(child, 'exit');
    await reached;
    child.kill(signal);
    const [exitCode] = await ended;
    await stderr.close();
    return { exitCode, stderr: await readFile(file, 'utf8') };
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '(%s) cancels what is being made, leaves nothing, and ends with 130',
    async (signal) => {
      const hold = agent.engine.holdNext('start');
      const { exitCode, stderr } = await interrupt('env add demo --os-prefix tiny --dup-each 2', hold.reached, signal);
      expect([exitCode, stderr]).toEqual([130, expect.stringContaining('[OPERATION_CANCELLED]')]);
      expect(await agent.belongings()).toEqual(NOTHING);
    },
  );

  it('does not stop what must run to its end, and says so', async () => {
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const hold = agent.engine.holdNext('stop');
    const ending = interrupt('env del demo', hold.reached);
    await hold.reached;
    const cancelled = Promise.withResolvers<void>();
    const look = setInterval(() => {
      void readFile(path.join(emptyHome, 'stderr'), 'utf8').then((said) => {
        if (said.includes('Too late to cancel')) cancelled.resolve();
      });
    }, 10);
    await cancelled.promise;
    clearInterval(look);
    hold.release();
    expect(await ending).toEqual({ exitCode: 0, stderr: 'tt: Too late to cancel: deleting the ENV.\n' });
    expect(await agent.belongings()).toEqual(NOTHING);
  });
});
