// `tt profile ...` and `tt lab ...`, with and without --json, against a test agent with the fake engine.
import { labSchema, labSessionSchema, profileSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { runCommand } from '../agent/host/run-command.ts';
import { codeOf, startTestTt, type TestTt, ttMain } from './test-tt.ts';

// Each command is a process of its own: a dozen of them on a busy machine take their time.
vi.setConfig({ testTimeout: 60_000 });

let running: TestTt;
let tt: TestTt['tt'];
let json: TestTt['json'];
let text: TestTt['text'];

beforeAll(async () => {
  running = await startTestTt({ config: { memoryTotalMiB: 1024 } });
  ({ tt, json, text } = running);
});
afterAll(() => running.stop());

it('a profile is made, changed, shown and cloned', async () => {
  const made = await json(
    'profile add office tiny --cpu 2 --mem 200 --vm-port 80 --title Office --keep-versions 2',
    profileSchema,
  );
  expect(made).toMatchObject({
    image: 'qemu:tiny-2:default',
    spec: { cpuCount: 2, memoryMiB: 200, ports: [{ protocol: 'tcp', guestPort: 80 }] },
    keptVersions: 2,
  });
  expect(await text('profile update office --notes words')).toBe('office is changed\n');
  expect(await text('profile show office')).toContain('version 1 of v1');
  for (const flag of ['--start-script', '--setup']) {
    const { startScript } = await json(`profile update office ${flag} ${flag.slice(2)}-ran`, profileSchema);
    expect(startScript).toBe(`${flag.slice(2)}-ran`);
  }
  expect((await json('profile clone office exam', profileSchema)).name).toBe('exam');
  expect(await text('profile list')).toMatch(/exam +qemu:tiny-2:default +v1 +2 cpu, 200 MiB +local +Office/);
  expect(codeOf((await tt('profile add office tiny')).stderr)).toBe('PROFILE_NAME_TAKEN');
});

it('a lab has sessions: started, listed, ended', async () => {
  expect(await text('lab add room --profiles office,exam --seats 2 --lifetime 2h')).toBe(
    'room was created with 2 seats\n',
  );
  expect(await json('lab update room --terminals on --title Room', labSchema)).toMatchObject({
    terminalsEnabled: true,
    sessionLifetimeS: 7200,
  });
  const session = await json('lab session start room --profile office --name first', labSessionSchema);
  expect([session.envName, session.version]).toEqual(['room-first', 1]);
  expect(await text('lab session list room')).toMatch(
    /first +office v1 +running +- +- +(2 h 0 min|1 h 59 min) +room-first/,
  );
  expect(await text('lab show room')).toContain('1 of 2 taken');
  expect(await text('lab list')).toMatch(/room +office,exam +2 +0 +local +Room/);
  const missing = await tt('lab session stop room second');
  expect([missing.exitCode, codeOf(missing.stderr)]).toEqual([3, 'SESSION_NOT_FOUND']);
});

it('the base is changed in an administrative session, published, rolled back', async () => {
  const refused = await tt('lab admin open office');
  expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([4, 'PROFILE_CLIENTS_RUN']);
  expect(await text('lab admin open office --stop-clients --grace 0')).toBe(
    'office is open for editing in admin-office\n',
  );
  expect(await text('profile show office')).toContain('open     for editing in admin-office, by local');
  expect(await text('lab admin publish office --notes better --force --grace 0')).toBe(
    'version 2 of office is published\n',
  );
  expect(await text('profile versions office')).toMatch(/v1 +the image.*\nv2 \* .* local +better\n$/s);
  expect(await text('profile rollback office 1')).toBe('new sessions of office start from version 1\n');
  await text('lab admin open exam');
  expect((await json('lab admin discard exam', profileSchema)).version).toBe(1);
});

it('terminals are added with an address or a secret from standard input, listed, deleted', async () => {
  expect(await text('lab terminal add room pc-1 --address 192.0.2.7 --profile office')).toBe(
    'pc-1 opens /#/terminal/room/pc-1 at this server\n',
  );
  await runCommand(
    process.execPath,
    [ttMain, 'lab', 'terminal', 'add', 'room', 'pc-2', '--secret-stdin', '--profile', 'choose'],
    {
      timeoutMs: 15_000,
      env: { TT_HOME: running.agent.home },
      input: 'open sesame\n',
    },
  );
  const { terminals } = await json('lab terminal list room', z.object({ terminals: labSchema.shape.terminals }));
  expect(terminals).toEqual([
    { name: 'pc-1', address: '192.0.2.7', hasSecret: false, profileName: 'office' },
    { name: 'pc-2', address: null, hasSecret: true, profileName: null },
  ]);
  expect(codeOf((await tt('lab terminal add room pc-3')).stderr)).toBe('TERMINAL_INVALID');
  await text('lab terminal del room pc-1');
  expect(await text('lab terminal list room')).toMatch(/^TERMINAL.*\npc-2 +choose +any +yes\n$/s);
});

it('everything is deleted in order, and nothing is left', async () => {
  expect((await tt('lab del room')).exitCode).toBe(4);
  await text('lab session stop room first');
  await text('lab del room');
  for (const name of ['office', 'exam']) await text(`profile del ${name}`);
  expect(await running.agent.client.profile.list()).toEqual({ profiles: [] });
  await running.removeEnvs();
});
