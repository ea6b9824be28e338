// `tt snapshot fork`, `tt env clone`, `tt vm clone`, `tt capsule` and schedules: what they make, what they print, and how each
// misuse is answered, with nothing half made.
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import { recordedBytes } from '@tt/client/recordings/test';
import {
  capsuleManifestSchema,
  copyPlanSchema,
  envDetailSchema,
  envSchema,
  reasonSchema,
  vmSchema,
} from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';
import { TransferNote } from './transfer-notes.ts';

let running: TestTt;
const copiesSchema = z.object({ envs: z.array(envDetailSchema) });

beforeAll(async () => {
  running = await startTestTt({});
});
afterAll(() => running.stop());
beforeEach(async () => {
  const { client } = running.agent;
  await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await client.snapshot.create({ envName: 'demo', name: 'clean' });
});
afterEach(() => running.removeEnvs());

const envNames = async () => (await running.agent.client.env.list()).envs.map(({ name }) => name).sort();
const inside = (name: string) => path.join(running.emptyHome, name);
/** Writes a note as a `tt` that was cut off leaves it. */
async function leaveNote(direction: 'upload' | 'download', file: string, content: object): Promise<void> {
  const { TT_HOME: before } = process.env;
  process.env['TT_HOME'] = running.agent.home;
  try {
    await new TransferNote(direction, file, z.any()).write(content);
  } finally {
    if (before === undefined) delete process.env['TT_HOME'];
    else process.env['TT_HOME'] = before;
  }
}
/** A time of modification that `utimes` sets exactly. */
const when = new Date('2026-01-02T03:04:05Z');
const notes = () => readdir(path.join(running.agent.home, 'cli-transfers'));
const endings = (...commands: string[]) => running.endings(...commands);

it('a fork and a clone are made as requested, and say what is theirs', async () => {
  const { json, text } = running;
  const request = '--copies 2 --life-time 2h --end-policy stop --title Two --vm tiny-2-1';
  const { envs } = await json(`snapshot fork demo clean twin ${request}`, copiesSchema);
  expect(envs.map(({ env, vms }) => [env.name, env.title, env.endPolicy, vms.length])).toEqual([
    ['twin-1', 'Two', 'stop', 1],
    ['twin-2', 'Two', 'stop', 1],
  ]);
  const [env] = envs.map((detail) => detail.env);
  expect(Date.parse(env?.endAt ?? '') - Date.parse(env?.startAt ?? '')).toBe(7_200_000);
  expect(env?.forkedFrom).toMatchObject({ envName: 'demo', snapshotName: 'clean' });
  expect(await text('env clone demo shut --fenced')).toMatch(
    /^shut: 2 VMs, running, fenced\n {2}shut\/tiny-2-1: mac same/,
  );
  const plan = await json('snapshot fork demo clean more --copies 3 --dry-run', copyPlanSchema);
  expect([plan.names, plan.each.vmCount, plan.problem]).toEqual([['more-1', 'more-2', 'more-3'], 2, null]);
  expect(await text('env clone demo more --copies 2 --dry-run')).toMatch(
    /^more-1 … more-2: 4 VMs, 4 CPUs, [\d.]+ [MG]iB memory, [\d.]+ [MG]iB disk, at most [\d.]+ [MG]iB written\neach: 2 VMs, /,
  );
  const { vms } = await json('vm clone demo/tiny-2-1 --copies 2', z.object({ vms: z.array(vmSchema) }));
  expect(vms.map(({ name }) => name)).toEqual(['demo/tiny-2-3', 'demo/tiny-2-4']);
  expect(await envNames()).toEqual(['demo', 'shut', 'twin-1', 'twin-2']);
}, 60_000);

it('copies that can’t be made are refused with a code, and one of two that want one name gets it', async () => {
  expect(
    await endings(
      'snapshot fork demo none twin',
      'snapshot fork nowhere clean twin',
      'snapshot fork demo clean twin --vm none',
      'snapshot fork demo clean demo',
      'snapshot fork demo clean demo --dry-run',
      'snapshot fork demo clean twin --life-time 9d',
      'env clone nowhere twin',
      'env clone demo _twin',
      'vm clone demo/none',
    ),
  ).toEqual([
    [3, 'SNAPSHOT_NOT_FOUND'],
    [3, 'ENV_NOT_FOUND'],
    [3, 'VM_NOT_FOUND'],
    [4, 'ENV_NAME_TAKEN'],
    [4, 'ENV_NAME_TAKEN'],
    [2, 'LIFETIME_TOO_LONG'],
    [3, 'ENV_NOT_FOUND'],
    [2, 'NAME_INVALID'],
    [3, 'VM_NOT_FOUND'],
  ]);
  expect(await envNames()).toEqual(['demo']);
  const other = running.agent.client.env.clone({ name: 'demo', newName: 'twin' }).then(
    () => 0,
    () => 4,
  );
  const [[exitCode] = []] = await endings('env clone demo twin');
  expect(new Set([exitCode, await other])).toEqual(new Set([0, 4]));
  expect(await envNames()).toEqual(['demo', 'twin']);
  expect(await endings('vm clone demo/tiny-2-1 --copies 0')).toEqual([[2, undefined]]);
}, 60_000);

it('a capsule goes out and comes back, and says what is in it', async () => {
  const { json, text, tt } = running;
  const file = inside('demo.tt-capsule');
  expect(await text(`capsule export demo ${file} --snapshot clean`)).toMatch(
    /demo\.tt-capsule: \d+ MiB, sha256 [0-9a-f]{64}\n$/,
  );
  const again = await tt(`capsule export demo ${file}`);
  expect([again.exitCode, codeOf(again.stderr)]).toEqual([2, 'FILE_UNUSABLE']);
  expect(again.stderr).toContain('--force overwrites it');
  const shape = z.object({
    manifest: capsuleManifestSchema,
    ramProblem: reasonSchema.nullable(),
    madeHere: z.boolean(),
  });
  const { manifest, ramProblem } = await json(`capsule show ${file}`, shape);
  expect([manifest.env.name, manifest.snapshotName, manifest.vms.length, ramProblem]).toEqual([
    'demo',
    'clean',
    2,
    null,
  ]);
  const detail = await json(`capsule import ${file} --name back --life-time 2h --title Back --no-ram`, envDetailSchema);
  expect([detail.env.name, detail.env.title, detail.env.state]).toEqual(['back', 'Back', 'stopped']);
  // What was sent is used up, on both sides.
  expect((await readdir(running.emptyHome)).filter((name) => name.startsWith('demo.tt'))).toEqual(['demo.tt-capsule']);
  expect((await running.agent.client.transfer.list()).transfers).toEqual([]);
}, 60_000);

it('a capsule takes recorded screens along, without their keys if told to, and gives them back', async () => {
  const { json, text, tt } = running;
  const [file, screen] = [inside('recorded.tt-capsule'), inside('web.ttrec')];
  await writeFile(screen, recordedBytes());
  const out = await tt(`capsule export demo ${file} --no-ram --recording ${screen}`);
  expect([out.exitCode, out.stderr]).toEqual([
    0,
    expect.stringContaining('warning: the keys that were pressed are in'),
  ]);
  expect(await text(`capsule show ${file}`)).toContain(
    'recorded: web.ttrec, demo/tiny-2-1, 2:10, with the keys that were pressed\n',
  );
  const plain = await tt(`capsule export demo ${file} --force --no-ram --recording ${screen} --without-keys`);
  expect([plain.exitCode, plain.stderr]).toEqual([0, '']);
  await json(`capsule import ${file} --name back`, envDetailSchema);
  expect(await text('env recordings back')).toMatch(/^NAME .*\nweb\.ttrec +demo\/tiny-2-1 .* 2:10 .* no\n$/);
  const saved = inside('saved.ttrec');
  await text(`env recordings back web.ttrec ${saved}`);
  expect(new Uint8Array(await readFile(saved))).toEqual(recordedBytes({ hasInput: false }));
  // Packed again, it takes along what it came with; eight together are the most.
  const again = await tt(`capsule export back ${inside('again.tt-capsule')} --keep-recordings --recording ${screen}`);
  expect([again.exitCode, again.stderr.match(/warning: the keys/g)]).toEqual([0, ['warning: the keys']]);
  expect((await text(`capsule show ${inside('again.tt-capsule')}`)).match(/^recorded: .*$/gm)).toEqual([
    'recorded: web.ttrec, demo/tiny-2-1, 2:10, with the keys that were pressed',
    'recorded: web.ttrec, demo/tiny-2-1, 2:10',
  ]);
  await json(`capsule import ${inside('again.tt-capsule')} --name twice --no-ram`, envDetailSchema);
  const letter = inside('letter.ttrec');
  await writeFile(letter, 'Dear all');
  expect(
    await endings(
      `capsule export demo ${inside('new.tt-capsule')} --recording ${letter}`,
      `capsule export demo ${inside('new.tt-capsule')} ${'--recording x '.repeat(9)}`,
      `capsule export back ${inside('new.tt-capsule')} --keep-recordings ${`--recording ${screen} `.repeat(8)}`,
      `env recordings back none ${inside('none.ttrec')}`,
      `env recordings back web.ttrec ${saved}`,
      'env recordings back web.ttrec',
    ),
  ).toEqual([
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [3, 'RECORDING_NOT_FOUND'],
    [2, 'FILE_UNUSABLE'],
    [2, undefined],
  ]);
  expect((await running.agent.client.transfer.list()).transfers).toEqual([]);
  for (const one of [file, inside('again.tt-capsule'), screen, saved, letter]) await rm(one);
}, 60_000);

it('a capsule that can’t be is refused with a code, before anything is packed or made', async () => {
  const cut = inside('cut.tt-capsule');
  await writeFile(cut, 'half');
  const busy = inside('busy.tt-capsule');
  const of = { envName: 'demo', snapshotName: null, withRam: true };
  await leaveNote('download', busy, { id: 'x', of, pid: process.ppid });
  expect(
    await endings(
      `capsule export nowhere ${inside('new.tt-capsule')}`,
      `capsule export demo ${inside('other.tt-capsule')} --snapshot none`,
      `capsule export demo ${inside('none/new.tt-capsule')}`,
      `capsule export demo ${running.emptyHome} --force`,
      `capsule export demo ${busy}`,
      `capsule import ${inside('none.tt-capsule')}`,
      `capsule show ${running.emptyHome}`,
      `capsule import ${cut} --name back`,
    ),
  ).toEqual([
    [3, 'ENV_NOT_FOUND'],
    [3, 'SNAPSHOT_NOT_FOUND'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [2, 'CAPSULE_INVALID'],
  ]);
  expect(await envNames()).toEqual(['demo']);
  const left = (await readdir(running.emptyHome)).filter((name) => /capsule/.test(name)).sort();
  expect(left).toEqual(['cut.tt-capsule', 'demo.tt-capsule']);
  expect((await running.agent.client.transfer.list()).transfers).toEqual([]);
}, 60_000);

it('an interrupted export resumes, and a note of another export is not taken for it', async () => {
  const { agent, text } = running;
  const file = inside('cut-off.tt-capsule');
  const { transfer } = await agent.client.capsule.export({ envName: 'demo', operationId: crypto.randomUUID() });
  const of = { envName: 'demo', snapshotName: null, withRam: true };
  // As a `tt` that was killed leaves it: no process has this number.
  const note = { id: transfer.id, of, pid: 2 ** 22 + 1 };
  await writeFile(`${file}.part`, '');
  await leaveNote('download', file, note);
  expect(await text(`capsule export demo ${file}`)).toContain(transfer.sha256);
  await leaveNote('download', file, { ...note, of: { ...of, envName: 'other' } });
  await writeFile(`${file}.part`, 'bytes of another');
  expect(await text(`capsule export demo ${file} --force`)).toMatch(/sha256/);
  expect((await readFile(file)).subarray(0, 5).toString()).not.toBe('bytes');
  expect((await readdir(running.emptyHome)).filter((name) => name.startsWith('cut-off'))).toEqual([
    'cut-off.tt-capsule',
  ]);
}, 60_000);

it('a refused file does not stand in the way of the next one of that name, and leaves nothing beside it', async () => {
  const { text, json, emptyHome, agent } = running;
  const good = inside('good.tt-capsule');
  await text(`capsule export demo ${good}`);
  const bytes = await readFile(good);
  // As long as a name may be: a suffix does not fit.
  const file = inside(`${'n'.repeat(243)}.tt-capsule`.padEnd(255, 'x'));
  await writeFile(file, Buffer.alloc(bytes.length, 'x'));
  await utimes(file, when, when);
  expect(await endings(`capsule import ${file} --name back`)).toEqual([[2, 'CAPSULE_INVALID']]);
  expect((await agent.client.transfer.list()).transfers).toEqual([]);
  expect((await notes()).filter((name) => name.startsWith('upload'))).toEqual([]);
  // Another content of the same name, size and time of modification.
  await writeFile(file, bytes);
  await utimes(file, when, when);
  const detail = await json(`capsule import ${file} --name back`, envDetailSchema);
  expect(detail.env.name).toBe('back');
  await text(`capsule export demo ${file} --force`);
  expect((await readdir(emptyHome)).filter((name) => name.startsWith('n'))).toEqual([path.basename(file)]);
  await Promise.all([file, good].map((one) => rm(one)));
  expect((await notes()).filter((name) => name.startsWith('upload'))).toEqual([]);
}, 60_000);

it('an upload that is kept is of one content: a changed file is sent again, the same one is not', async () => {
  const { json, text, agent } = running;
  const file = inside('kept.tt-capsule');
  await text(`capsule export demo ${file}`);
  const bytes = await readFile(file);
  const shown = z.object({ manifest: capsuleManifestSchema, ramProblem: z.string().nullable(), madeHere: z.boolean() });
  const ids = async () => (await agent.client.transfer.list()).transfers.map(({ id }) => id);
  await utimes(file, when, when);
  await json(`capsule show ${file}`, shown);
  const [first] = await ids();
  await json(`capsule show ${file}`, shown);
  expect(await ids()).toEqual([first]);
  await writeFile(file, Buffer.alloc(bytes.length, 'x'));
  await utimes(file, when, when);
  expect(await endings(`capsule show ${file}`)).toEqual([[2, 'CAPSULE_INVALID']]);
  expect(await ids()).toEqual([]);
  await writeFile(file, bytes);
  await utimes(file, when, when);
  // One the agent is whole with under the noted id, though it is not what the note is of.
  const id = crypto.randomUUID();
  const read = async (_at: number, length: number) => new Uint8Array(length);
  await uploadFile(agent, { fileName: path.basename(file), sizeBytes: bytes.length, read }, id);
  await leaveNote('upload', file, { id, sizeBytes: bytes.length, changedMs: 0 });
  expect((await json(`capsule show ${file}`, shown)).manifest.env.name).toBe('demo');
  expect(await ids()).not.toContain(id);
  await json(`capsule import ${file} --name back`, envDetailSchema);
  expect([await ids(), (await notes()).filter((name) => name.startsWith('upload'))]).toEqual([[], []]);
  await rm(file);
}, 60_000);

it('a file that has fewer bytes than its size says is refused, and not sent for ever', async () => {
  // A file of the kernel says 4096 bytes and has a few, as one that becomes shorter while it is sent.
  expect(await endings('capsule show /sys/kernel/uevent_seqnum')).toEqual([[2, 'FILE_UNUSABLE']]);
}, 60_000);

it('a schedule is set, shown and taken away', async () => {
  const { json, text } = running;
  expect(await text('snapshot schedule demo')).toBe('demo has no schedule\n');
  const env = await json('snapshot schedule demo --every 2h --keep 3', envSchema);
  expect(env.snapshotSchedule).toEqual({ everyMinutes: 120, keep: 3 });
  expect(await text('snapshot schedule demo')).toBe('demo: every 120 min, keeps the newest 3; next in 2 h 0 min\n');
  expect(await text('snapshot schedule demo --off')).toBe('demo has no schedule\n');
  expect(await endings('snapshot schedule demo --every 0', 'snapshot schedule demo --every 5 --off')).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
  expect(await endings('snapshot schedule nowhere --every 5')).toEqual([[3, 'ENV_NOT_FOUND']]);
}, 60_000);
