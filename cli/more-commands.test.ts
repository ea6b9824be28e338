// Operations, events, transfers, screens, keyboards, the doctor and `tt vnc`, against a test agent with the fake engine.
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { eventSchema, guestHealthSchema, operationSchema, transferSchema } from '@tt/protocol';
import { linkToStream, openLocalPort, ownerOf } from '@tt/client/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { until } from '../agent/testing/until.ts';
import { envOf } from './commands/event.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let agent: TestTt['agent'];
let tt: TestTt['tt'];
let json: TestTt['json'];
let text: TestTt['text'];
let endings: TestTt['endings'];

beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  ({ agent, tt, json, text, endings } = running);
});
afterAll(() => running.stop());
afterEach(() => running.removeEnvs());

const newVm = async (): Promise<string> => {
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  return vms[0]?.id ?? '';
};
const operations = z.object({ operations: z.array(operationSchema) });

describe('operations', () => {
  it('are listed while they run, and cancelled: the command that waits for it says so', async () => {
    const hold = agent.engine.holdNext('start');
    const created = agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const ended = expect(created).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await hold.reached;
    const { operations: listed } = await json<z.infer<typeof operations>>('operation list', operations);
    expect(listed.map(({ kind, state }) => [kind, state])).toEqual([['env.create', 'running']]);
    expect(await text('operation list')).toMatch(
      /^ID +OPERATION +OF +STATE +STEP +TIME +CANCELLABLE\n\S+ +creating the ENV +demo +running .* yes\n$/,
    );
    expect(await text(`operation cancel ${listed[0]?.id}`)).toBe('creating the ENV is being cancelled\n');
    await ended;
    expect((await json<z.infer<typeof operations>>('operation list', operations)).operations).toEqual([]);
    expect(await text('operation list --all')).toMatch(/creating the ENV +demo +cancelled +OPERATION_CANCELLED/);
    expect(await endings('operation cancel nobody', `operation cancel ${listed[0]?.id}`)).toEqual([
      [3, 'OPERATION_NOT_FOUND'],
      [4, 'OPERATION_NOT_CANCELLABLE'],
    ]);
  });
});

describe('events', () => {
  it('begin with what there is', async () => {
    await newVm();
    expect(await text('event')).toMatch(/^revision \d+: 1 envs, 1 vms, 0 snapshots, \d+ images, /);
    expect(JSON.parse((await tt('event --json')).stdout)).toMatchObject({ state: { envs: [{ name: 'demo' }] } });
    expect(await endings('event nobody --follow')).toEqual([[3, 'ENV_NOT_FOUND']]);
  });

  it('are followed until an interruption, those of one ENV alone where it is named', async () => {
    await newVm();
    await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
    const said: string[] = [];
    const following = tt('event demo --follow --json', {}, (text) => said.push(text));
    // It does not say when it follows; an event that it shows does.
    const look = setInterval(() => void agent.client.env.update({ name: 'demo', title: `${said.length}` }), 20);
    await until('it follows', () => said.length > 2);
    clearInterval(look);
    await agent.client.env.update({ name: 'other', title: 'not of demo' });
    process.emit('SIGINT');
    const { exitCode, stdout, stderr } = await following;
    expect([exitCode, stderr]).toEqual([0, '']);
    const events = stdout.trimEnd().split('\n');
    expect(events.map((line) => eventSchema.parse(JSON.parse(line))).map(envOf)).toEqual(events.map(() => 'demo'));
  });
});

describe('transfers', () => {
  it('are listed, shown and deleted', async () => {
    expect(await text('transfer list')).toMatch(/^ID +DIRECTION/);
    const { id } = await agent.client.transfer.begin({ fileName: 'disk.img', sizeBytes: 2 ** 20 });
    const list = z.object({ transfers: z.array(transferSchema) });
    expect((await json<z.infer<typeof list>>('transfer list', list)).transfers.map((one) => one.id)).toEqual([id]);
    expect(await text(`transfer show ${id}`)).toMatch(/\n\S+ +upload +open +0 MiB of 1 MiB +local .* disk\.img\n$/);
    expect(await text(`transfer del ${id}`)).toBe(`${id} is deleted\n`);
    expect(await endings(`transfer show ${id}`)).toEqual([[3, 'TRANSFER_NOT_FOUND']]);
  });
});

describe('the health of a guest', () => {
  it('is what its helper says, also as JSON; without its port what its guest agent knows', async () => {
    const vmId = await newVm();
    const lines = [
      'up:        1 min',
      'load:      0.07',
      'memory:    64 of 128 MiB available',
      'root disk: 512 of 1024 MiB free',
    ];
    expect(await text('vm health demo/tiny-2-1')).toMatch(new RegExp(`^${lines.join('\\n')}\\n`));
    expect(await json('vm health demo/tiny-2-1', guestHealthSchema)).toMatchObject({ uptimeMs: 60_000, load: 0.07 });
    await agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny', guestHelper: 'off' }] });
    const known = ['up:        -', 'load:      -', 'memory:    -', 'root disk: 512 of 1024 MiB free'];
    expect(await text('vm health demo/tiny-2-2')).toMatch(new RegExp(`^${known.join('\\n')}`));
    await agent.client.vm.stop({ vmId, graceS: 0 });
    expect(await endings('vm health demo/tiny-2-1')).toEqual([[4, 'VM_NOT_RUNNING']]);
  });
});

describe('the screen and the keyboard of a VM', () => {
  it('are saved as a file that is not overwritten unasked', async () => {
    await newVm();
    const file = path.join(running.emptyHome, 'screen.png');
    expect(await text(`vm screenshot demo/tiny-2-1 ${file}`)).toMatch(/screen\.png: \d+ bytes, taken /);
    expect((await readFile(file)).subarray(1, 4).toString()).toBe('PNG');
    await writeFile(file, 'mine');
    expect(await endings(`vm screenshot demo/tiny-2-1 ${file}`)).toEqual([[2, 'FILE_UNUSABLE']]);
    expect(await readFile(file, 'utf8')).toBe('mine');
    await text('snapshot add demo one');
    expect(await text(`snapshot screenshot demo one tiny-2-1 ${file} --force`)).toContain('bytes');
    expect((await stat(file)).size).toBeGreaterThan(100);
  });

  it('take text, and refuse what no key has before anything is typed', async () => {
    await newVm();
    expect(await json('vm type demo/tiny-2-1 Hello~1 --enter', z.object({ typed: z.number() }))).toEqual({ typed: 8 });
    const long = 'x'.repeat(100);
    expect(await json(`vm type demo/tiny-2-1 ${long}`, z.object({ typed: z.number() }))).toEqual({ typed: 100 });
    const refused = await tt('vm type demo/tiny-2-1 é');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('is not on a keyboard of layout us'),
    ]);
    await text('vm stop demo/tiny-2-1 --grace 0');
    expect(await endings('vm type demo/tiny-2-1 x', 'vnc demo/tiny-2-1', 'console demo/tiny-2-1')).toEqual([
      [4, 'VM_NOT_RUNNING'],
      [4, 'VM_NOT_RUNNING'],
      [4, 'VM_NOT_RUNNING'],
    ]);
  });
});

describe('the port for VNC viewers', () => {
  it('leads to the screen, several at a time, and closes with its viewers', async () => {
    const vmId = await newVm();
    const problems: unknown[] = [];
    const { connection } = agent;
    const port = await openLocalPort({
      port: 0,
      most: 4,
      connect: (viewer) =>
        linkToStream(connection, () => connection.client.console.open({ vmId, kind: 'vnc' }), viewer),
      onProblem: (error) => problems.push(error),
    });
    const viewers = [connect(port.port, '127.0.0.1'), connect(port.port, '127.0.0.1')];
    for (const viewer of viewers) {
      const [greeting] = (await once(viewer, 'data')) as [Buffer];
      expect(greeting.toString()).toMatch(/^RFB 003\.00\d\n/);
    }
    const closed = Promise.all(viewers.map((viewer) => once(viewer, 'close')));
    port.close();
    await closed;
    expect(problems).toEqual([]);
  });

  it('turns away programs of other users', async () => {
    let asked = 0;
    const port = await openLocalPort({
      port: 0,
      most: 1,
      connect: async () => {
        asked++;
      },
      onProblem: () => {},
      mayConnect: async () => false,
    });
    const viewer = connect(port.port, '127.0.0.1');
    await once(viewer.resume(), 'close');
    port.close();
    expect(asked).toBe(0);
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1538 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 1',
      '   1: 0100007F:C000 0100007F:1538 01 00000000:00000000 00:00000000 00000000  1000        0 2',
    ].join('\n');
    expect([ownerOf(table, 0xc000, 0x1538), ownerOf(table, 0x1538, 0xc000), ownerOf(table, 1, 2)]).toEqual([
      1000,
      0,
      null,
    ]);
  });
});

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { exitCode, stdout } = await tt('doctor');
    expect(stdout).toMatch(/^ok {2}server: .*\nok {2}reachable: .*\nok {2}user: local \(admin\)\nok {2}version: /);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\nok {2}background tasks: \d+, none failing\n$/)]);
  });

  it('says what to do where no agent runs, and ends with 1', async () => {
    const home = { TT_HOME: path.join(running.emptyHome, 'none') };
    const { exitCode, stdout } = await tt('doctor --json', home);
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      1,
      {
        checks: [
          expect.objectContaining({ name: 'server', passed: true }),
          expect.objectContaining({ name: 'reachable', passed: false, fix: expect.stringContaining('npm start') }),
        ],
      },
    ]);
    const status = await tt('status', home);
    expect([status.exitCode, status.stdout]).toEqual([6, expect.stringMatching(/reachable: +no: .*AGENT_NOT_RUNNING/)]);
  });
});
