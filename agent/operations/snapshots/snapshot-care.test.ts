// Managing snapshots: titles and names, pictures, expiry, and schedules.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Snapshot, Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';
import { decodePng } from '../../thumbnails/decode-png.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;
let wallMs: number;
let passedMs: number;
let agent: TestAgent;
let vms: Vm[];

const clock = { now: () => new Date(wallMs), elapsedMs: () => passedMs, bootId: 'one' };

beforeEach(async () => {
  wallMs = START;
  passedMs = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  agent = await startTestAgent({ clock });
  ({ vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', copies: 2 }],
    lifetimeS: 21_600,
  }));
});
afterEach(async () => {
  await agent.stop();
  vi.useRealTimers();
});

const take = (name: string, about: object = {}) => agent.client.snapshot.create({ envName: 'demo', name, ...about });
const update = (name: string, change: object) => agent.client.snapshot.update({ envName: 'demo', name, ...change });
const list = async () => (await agent.client.snapshot.list({ envName: 'demo' })).snapshots;
const names = async () => (await list()).map(({ name }) => name);
const schedule = (snapshotSchedule: object | null) =>
  agent.client.env.update({ name: 'demo', snapshotSchedule } as Parameters<typeof agent.client.env.update>[0]);
const at = (minutes: number) => new Date(START + minutes * MINUTE_MS).toISOString();

/** Lets so much time pass, and the agent look at the clock; resolves when nothing runs that it may have begun. */
async function pass(minutes: number): Promise<void> {
  wallMs += minutes * MINUTE_MS;
  passedMs += minutes * MINUTE_MS;
  vi.advanceTimersByTime(LOOK_EVERY_MS);
  await until('nothing runs', async () => {
    const { operations } = await agent.client.operation.list();
    return operations.every(({ state }) => state !== 'running');
  });
}

describe('a snapshot', () => {
  it('has its name, words and expiry changed, alone', async () => {
    const taken = await take('a', { title: 'A', lifetimeS: 600 });
    expect(taken.expiresAt).toBe(at(10));
    const renamed = await update('a', { newName: 'b', title: 'B', notes: 'why', lifetimeS: 1_200 });
    expect(renamed).toEqual({ ...taken, name: 'b', title: 'B', notes: 'why', expiresAt: at(20) });
    expect(await update('b', { lifetimeS: null })).toEqual({ ...renamed, expiresAt: null });
    expect(await agent.client.snapshot.show({ envName: 'demo', name: 'b' })).toEqual({ ...renamed, expiresAt: null });
    await agent.client.snapshot.revert({ envName: 'demo', name: 'b', safety: false });
  });

  it('is not renamed to a name that is taken, that is none, or while the ENV is busy', async () => {
    const a = await take('a');
    await take('b');
    await expect(update('a', { newName: 'b', title: 'x' })).rejects.toMatchObject({ code: 'SNAPSHOT_NAME_TAKEN' });
    await expect(update('a', { newName: 'x/y' })).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(update('c', { title: 'x' })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
    const hold = agent.engine.holdNext('saveState');
    const taking = take('d');
    await hold.reached;
    await expect(update('a', { newName: 'd' })).rejects.toMatchObject({ code: 'ENV_BUSY' });
    expect((await update('a', { newName: 'a', notes: 'words do not wait' })).notes).toBe('words do not wait');
    hold.release();
    await taking;
    expect((await list())[0]).toEqual({ ...a, notes: 'words do not wait' });
  });

  it('shows the screens of its guests as they were, also after a restart, until it is deleted', async () => {
    await agent.client.vm.stop({ vmId: vms[1]?.id ?? '', graceS: 0 });
    const { id, vms: parts, createdAt } = await take('a');
    expect((await agent.belongings()).pictures).toEqual([id]);
    expect(parts.map(({ hasThumbnail }) => hasThumbnail)).toEqual([true, false]);
    const { home, fakeHost } = agent;
    await agent.stop({ keep: true });
    agent = await startTestAgent({ clock, home, fakeHost });
    const picture = (vmId = '') => agent.client.snapshot.thumbnail({ envName: 'demo', name: 'a', vmId });
    const shown = await picture(vms[0]?.id);
    expect(shown).toMatchObject({ takenAt: createdAt, contentType: 'image/png' });
    const { width, height } = decodePng(Buffer.from(shown.dataBase64, 'base64'));
    expect([width <= 320, height <= 240]).toEqual([true, true]);
    await expect(picture(vms[1]?.id)).rejects.toMatchObject({ code: 'THUMBNAIL_NOT_FOUND' });
    await expect(picture('../../token')).rejects.toMatchObject({ code: 'THUMBNAIL_NOT_FOUND' });
    await agent.client.snapshot.delete({ envName: 'demo', name: 'a' });
    expect((await agent.belongings()).pictures).toEqual([]);
  });

  it('is taken without a picture of a guest whose screen can’t be seen', async () => {
    agent.engine.failNext('screenshot', 'COMMAND_FAILED');
    const { vms: parts } = await take('a');
    expect(parts.filter(({ hasThumbnail }) => hasThumbnail).length).toBe(1);
  });

  it('that an agent died over leaves no pictures to the next one', async () => {
    const { id } = await take('a');
    const { home, fakeHost } = agent;
    await agent.stop({ keep: true });
    await mkdir(path.join(home, 'thumbnails', 'tt-nobody'));
    agent = await startTestAgent({ clock, home, fakeHost });
    expect((await agent.belongings()).pictures).toEqual([id]);
  });

  it('goes when its time is over, as soon as the ENV is free, and its children stay', async () => {
    await take('short', { lifetimeS: 120 });
    await take('child');
    await pass(1.9);
    expect(await names()).toEqual(['short', 'child']);
    const hold = agent.engine.holdNext('saveState');
    const taking = take('busy');
    await hold.reached;
    wallMs += MINUTE_MS;
    passedMs += MINUTE_MS;
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect(await names()).toEqual(['short', 'child']);
    hold.release();
    await taking;
    await pass(0.1);
    expect((await list()).map(({ name, parentId }) => [name, parentId])).toEqual([
      ['child', null],
      ['busy', (await list())[0]?.id],
    ]);
  });

  it('keeps the time it has left when the clock jumps, also while no agent runs', async () => {
    await take('a', { lifetimeS: 3_600 });
    wallMs += 24 * 60 * MINUTE_MS;
    await pass(1);
    expect((await list())[0]?.expiresAt).toBe(at(24 * 60 + 60));
    const { home, fakeHost } = agent;
    await agent.stop({ keep: true });
    wallMs = START;
    agent = await startTestAgent({ clock, home, fakeHost });
    expect(Date.parse((await list())[0]?.expiresAt ?? '')).toBe(START + 59 * MINUTE_MS);
  });
});

describe('a schedule', () => {
  const scheduled = async (): Promise<Snapshot[]> => (await list()).filter(({ kind }) => kind === 'scheduled');

  it('takes a snapshot each period, keeps the newest, and leaves those of people alone', async () => {
    await take('mine');
    const env = await schedule({ everyMinutes: 10, keep: 2 });
    expect([env.snapshotSchedule, env.nextSnapshotAt]).toEqual([{ everyMinutes: 10, keep: 2 }, at(10)]);
    await pass(9);
    expect(await names()).toEqual(['mine']);
    for (const minutes of [1, 10, 10]) await pass(minutes);
    expect(await names()).toEqual(['mine', 'auto-20261121102000', 'auto-20261121103000']);
    expect((await scheduled())[0]).toMatchObject({ scope: 'env', vms: [{ hasRam: true }, { hasRam: true }] });
    await schedule(null);
    await pass(60);
    expect((await scheduled()).length).toBe(2);
    expect((await agent.client.env.show({ name: 'demo' })).env).toMatchObject({
      snapshotSchedule: null,
      nextSnapshotAt: null,
    });
  });

  it('of a new ENV begins with it', async () => {
    const snapshotSchedule = { everyMinutes: 1, keep: 1 };
    const { env } = await agent.client.env.create({ name: 'new', groups: [{ osPrefix: 'tiny' }], snapshotSchedule });
    expect([env.snapshotSchedule, env.nextSnapshotAt]).toEqual([snapshotSchedule, at(1)]);
  });

  it('passes over an ENV that is busy or stands still, says so, and goes on a period later', async () => {
    await schedule({ everyMinutes: 10, keep: 5 });
    const hold = agent.engine.holdNext('saveState');
    const taking = take('mine');
    await hold.reached;
    wallMs += 10 * MINUTE_MS;
    passedMs += 10 * MINUTE_MS;
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    hold.release();
    await taking;
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await pass(10);
    const left = agent.log.filter(({ msg }) => msg === 'a scheduled snapshot is skipped');
    expect([left.map((line) => line['why']), await names()]).toEqual([['it is busy', 'no VM of it runs'], ['mine']]);
    await agent.client.env.start({ name: 'demo' });
    await pass(10);
    expect(await names()).toEqual(['mine', 'auto-20261121103000']);
  });

  it('lives over a restart, and takes one for all that was missed', async () => {
    await schedule({ everyMinutes: 10, keep: 5 });
    const { home, fakeHost } = agent;
    await agent.stop({ keep: true });
    wallMs += 35 * MINUTE_MS;
    passedMs += 35 * MINUTE_MS;
    agent = await startTestAgent({ clock, home, fakeHost });
    await pass(0);
    expect(await names()).toEqual(['auto-20261121103500']);
    expect((await agent.client.env.show({ name: 'demo' })).env.nextSnapshotAt).toBe(at(45));
  });

  it('moves with a clock that jumps', async () => {
    await schedule({ everyMinutes: 10, keep: 5 });
    wallMs -= 24 * 60 * MINUTE_MS;
    await pass(9);
    expect([await names(), (await agent.client.env.show({ name: 'demo' })).env.nextSnapshotAt]).toEqual([
      [],
      at(10 - 24 * 60),
    ]);
    await pass(1);
    expect((await names()).length).toBe(1);
  });

  it('that fails says why, and goes on', async () => {
    await schedule({ everyMinutes: 10, keep: 5 });
    agent.engine.failNext('saveState', 'DISK_FULL');
    await pass(10);
    expect(await names()).toEqual([]);
    const { operations } = await agent.client.operation.list();
    expect(operations.at(-1)).toMatchObject({ kind: 'snapshot.create', state: 'failed', error: { code: 'DISK_FULL' } });
    agent.takeFaults();
    await pass(10);
    expect((await names()).length).toBe(1);
  });
});
