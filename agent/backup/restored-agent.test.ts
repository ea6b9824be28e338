// An agent on a restored state: a thousand VMs are there, those without their disks say so, and are stopped VMs again once the disks came.
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reason, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultConfig } from '../config/read-config.ts';
import { StateStore } from '../state/store.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { restoreBackup } from './restore.ts';
import { backUpToFile } from './write-backup.ts';

let folder: string;
let file: string;
let other: string;
let first: TestAgent;
let vms: Vm[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-restored-'));
  file = path.join(folder, 'backup.tar');
  other = path.join(folder, 'other');
  first = await startTestAgent();
  ({ vms } = await first.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(async () => {
  await first.stop({ keep: true });
  for (const machine of first.fakeHost.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
  await rm(first.home, { recursive: true });
  await rm(folder, { recursive: true });
});

const bringDisks = ({ id }: Pick<Vm, 'id'>) =>
  cp(path.join(first.home, 'disks', id), path.join(other, 'disks', id), { recursive: true });
const bringImages = () => cp(path.join(first.home, 'images'), path.join(other, 'images'), { recursive: true });

async function statesOf(agent: TestAgent): Promise<Map<string, string>> {
  const shown = await agent.client.env.show({ name: 'demo' });
  return new Map(
    shown.vms.map(({ id, state, failure }) => [id, failure === null ? state : `${state} ${failure.code}`]),
  );
}

/** More VMs like the first one, in the database of an agent that has ended. */
function addRecords(home: string, count: number): void {
  const store = new StateStore(path.join(home, 'state.sqlite'));
  const [record] = store.vms.list();
  if (!record) throw new Error('there is no VM');
  store.transaction(() => {
    for (let number = 0; number < count; number++) {
      const hostname = `tiny-2-${number + 3}`;
      const id = randomUUID();
      const placement = { ...record.placement, portMap: [] };
      store.vms.put(id, { ...record, id, uuid: id, hostname, name: `demo/${hostname}`, placement });
    }
  });
  store.close();
}

it('shows what is missing of each of a thousand VMs, and has lost none', { timeout: 120_000 }, async () => {
  await first.stop({ keep: true });
  addRecords(first.home, 998);
  await backUpToFile(defaultConfig(first.home), file, { force: false });
  const restored = await restoreBackup(file, defaultConfig(other));
  expect(restored).toMatchObject({ expiredEnvs: [], manifest: { envs: 1, vms: 1000 } });
  const [there] = vms;
  if (!there) throw new Error('there is no VM');
  await bringDisks(there);
  await bringImages();
  const agent = await startTestAgent({ home: other });
  const states = await statesOf(agent);
  expect(states.size).toBe(1000);
  expect([...states].filter(([, state]) => state !== 'failed VM_DISK_MISSING')).toEqual([[there.id, 'stopped']]);
  expect(agent.token).toBe(first.token);
  await agent.stop({ keep: true });
});

it('of an agent that ran: its VMs are stopped, run once their disks are there, and can be deleted without', async () => {
  await backUpToFile(defaultConfig(first.home), file, { force: false });
  await restoreBackup(file, defaultConfig(other));
  await bringImages();
  const [early, late] = vms;
  if (!early || !late) throw new Error('there are no VMs');
  await bringDisks(early);
  const agent = await startTestAgent({ home: other });
  await agent.client.vm.start({ vmId: early.id });
  expect(await statesOf(agent)).toEqual(
    new Map([
      [early.id, 'running'],
      [late.id, 'failed VM_DISK_MISSING'],
    ]),
  );
  await agent.stop({ keep: true });
  await bringDisks(late);
  const second = await startTestAgent({ home: other, fakeHost: agent.fakeHost });
  expect((await statesOf(second)).get(late.id)).toBe('stopped');
  await second.stop({ keep: true });
  await rm(path.join(other, 'disks', late.id), { recursive: true });
  const third = await startTestAgent({ home: other, fakeHost: agent.fakeHost });
  expect((await statesOf(third)).get(late.id)).toBe('failed VM_DISK_MISSING');
  await third.client.env.delete({ name: 'demo' });
  await third.stop();
});
