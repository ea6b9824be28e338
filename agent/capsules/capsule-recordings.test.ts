// Recorded screens in a capsule: sent, packed, imported on another agent, read there piece by piece, and deleted with the ENV. What is no
// recording, or another one than the manifest says, is refused and leaves nothing.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import { recordedBytes } from '@tt/client/recordings/test';
import { type CapsuleManifest, capsuleManifestSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { filesIn, remade } from './test-capsule.ts';

const FIRST = 'recordings/0.ttrec';

let agent: TestAgent;
/** Of `demo`, with one recording. */
let recorded: Buffer;
beforeAll(async () => {
  agent = await startTestAgent();
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  recorded = await exported([await sent(recordedBytes())]);
}, 60_000);
afterAll(() => agent.stop());
afterEach(async () => {
  for (const { id } of (await agent.client.transfer.list()).transfers)
    await agent.client.transfer.drop({ transferId: id });
});

async function sent(bytes: Uint8Array, fileName = 'web.ttrec'): Promise<string> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return (await uploadFile(agent, { fileName, sizeBytes: bytes.length, read }, randomUUID())).id;
}
async function exported(
  recordings: string[],
  about: Partial<Parameters<TestAgent['client']['capsule']['export']>[0]> = {},
): Promise<Buffer> {
  const { transfer } = await agent.client.capsule.export({ envName: 'demo', withRam: false, recordings, ...about });
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(agent, transfer, 0)) pieces.push(piece);
  await agent.client.transfer.drop({ transferId: transfer.id });
  return Buffer.concat(pieces);
}
const manifestOf = (capsule: Buffer) =>
  JSON.parse(String(filesIn(capsule).get('manifest.json'))) as CapsuleManifest & { version: number };
const kept = () => readdir(path.join(agent.home, 'recordings'));
const transfers = async () => (await agent.client.transfer.list()).transfers.map(({ state }) => state);

it('go with it, come out as they were, count as stored, and are deleted with the ENV', async () => {
  const [first, second] = [recordedBytes(), recordedBytes({ hasInput: false, vmName: 'demo/other' })];
  const capsule = await exported([await sent(first), await sent(second, 'other.ttrec')]);
  const manifest = capsuleManifestSchema.parse(manifestOf(capsule));
  expect([manifest.version, manifest.recordings?.map(({ file, name, hasKeys }) => [file, name, hasKeys])]).toEqual([
    4,
    [
      [FIRST, 'web.ttrec', true],
      ['recordings/1.ttrec', 'other.ttrec', false],
    ],
  ]);
  expect(filesIn(capsule).get(FIRST)).toEqual(Buffer.from(first));
  expect(await transfers()).toEqual([]);

  const transferId = await sent(capsule, 'x.tt-capsule');
  const inside = await agent.client.capsule.inspect({ transferId });
  expect([inside.madeHere, inside.manifest.recordings?.[0]?.lengthMs]).toEqual([true, 130_000]);
  const storedBefore = (await agent.client.host.me()).stored.snapshotMiB;
  const { env } = await agent.client.capsule.import({ transferId, name: 'bug' });
  const sha256 = createHash('sha256').update(first).digest('hex');
  expect(env.recordings?.[0]).toEqual({
    id: expect.any(String) as string,
    name: 'web.ttrec',
    vmName: 'demo/tiny-2-1',
    startedAt: '2026-11-30T12:00:00.000Z',
    lengthMs: 130_000,
    hasKeys: true,
    sizeBytes: first.length,
    sha256,
  });
  expect((await agent.client.host.me()).stored.snapshotMiB).toBe(storedBefore + 1);
  const recordingId = env.recordings?.[0]?.id ?? '';
  const read = async (offset: number, lengthBytes?: number) => {
    const piece = { name: 'bug', recordingId, offset, ...(lengthBytes !== undefined && { lengthBytes }) };
    return Buffer.from((await agent.client.env.readRecording(piece)).dataBase64, 'base64');
  };
  expect(await read(0)).toEqual(Buffer.from(first));
  expect(await read(3, 5)).toEqual(Buffer.from(first.subarray(3, 8)));
  expect((await read(first.length)).length).toBe(0);
  const plain = await fetch(`${agent.url}/api/envs/bug/recordings/${recordingId}?offset=3&lengthBytes=5`, {
    headers: { authorization: `Bearer ${agent.token}` },
  });
  const answer = { contentType: 'application/x-tt-recording', dataBase64: (await read(3, 5)).toString('base64') };
  expect([plain.status, await plain.json()]).toEqual([200, answer]);
  // It can be packed again, whole and without its keys, and beside one that is sent.
  const recordingIds = env.recordings?.map(({ id }) => id) ?? [];
  const again = await exported([await sent(second, 'new.ttrec')], {
    envName: 'bug',
    keptRecordings: [{ recordingId }, { recordingId: recordingIds[1] ?? '', withoutKeys: true }],
  });
  expect(manifestOf(again).recordings?.map(({ name, hasKeys }) => [name, hasKeys])).toEqual([
    ['new.ttrec', false],
    ['web.ttrec', true],
    ['other.ttrec', false],
  ]);
  expect(filesIn(again).get('recordings/1.ttrec')).toEqual(Buffer.from(first));
  const plainly = await exported([], { envName: 'bug', keptRecordings: [{ recordingId, withoutKeys: true }] });
  expect(manifestOf(plainly).recordings?.map(({ hasKeys }) => hasKeys)).toEqual([false]);
  expect(filesIn(plainly).get(FIRST)).toEqual(Buffer.from(recordedBytes({ hasInput: false })));
  // What is kept stays as it was.
  expect(await read(0)).toEqual(Buffer.from(first));
  // Of an ENV that is made of it, nothing says how that came about.
  await agent.client.env.clone({ name: 'bug', newName: 'twin' });
  expect((await agent.client.env.show({ name: 'twin' })).env.recordings).toBeUndefined();
  const elsewhere = agent.client.env.readRecording({ name: 'demo', recordingId });
  await expect(elsewhere).rejects.toMatchObject({ code: 'RECORDING_NOT_FOUND' });

  for (const name of ['twin', 'bug']) await agent.client.env.delete({ name });
  expect(await kept()).toEqual([]);
});

it('without recordings a capsule is one that the version before reads', async () => {
  const manifest = manifestOf(await exported([]));
  expect([manifest.version, 'recordings' in manifest]).toEqual([3, false]);
});

describe('an export', () => {
  it('with what is no recording packs nothing, removes that upload and gives back the others', async () => {
    const recordings = [await sent(recordedBytes()), await sent(Buffer.from('a diary'), 'diary.ttrec')];
    await expect(agent.client.capsule.export({ envName: 'demo', recordings })).rejects.toMatchObject({
      code: 'RECORDING_INVALID',
      data: { fileName: 'diary.ttrec', reason: { code: 'recordingForeign' } },
    });
    expect(await transfers()).toEqual(['whole']);
    expect((await agent.client.snapshot.list({ envName: 'demo' })).snapshots).toEqual([]);
  });

  it('takes no more than eight, none twice, and none of another ENV', async () => {
    const recordingId = randomUUID();
    const asked = (about: object) => agent.client.capsule.export({ envName: 'demo', ...about });
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const tooMany = { recordings: ids, keptRecordings: ids.slice(1).map((id) => ({ recordingId: id })) };
    for (const about of [tooMany, { keptRecordings: [{ recordingId }, { recordingId }] }])
      await expect(asked(about)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const missing = { code: 'RECORDING_NOT_FOUND', data: { envName: 'demo', recordingId } };
    await expect(asked({ keptRecordings: [{ recordingId }] })).rejects.toMatchObject(missing);
    expect(await transfers()).toEqual([]);
  });

  it('says of a kept one whose file is gone or broken that it is', async () => {
    const transferId = await sent(recorded, 'x.tt-capsule');
    const { env } = await agent.client.capsule.import({ transferId, name: 'bug' });
    const recordingId = env.recordings?.[0]?.id ?? '';
    const file = path.join(agent.home, 'recordings', `${recordingId}.ttrec`);
    const asked = () => exported([], { envName: 'bug', keptRecordings: [{ recordingId }] });
    await writeFile(file, 'a diary');
    await expect(asked()).rejects.toMatchObject({ code: 'RECORDING_INVALID', data: { fileName: 'web.ttrec' } });
    await rm(file);
    await expect(asked()).rejects.toMatchObject({ code: 'RECORDING_NOT_FOUND', data: { recordingId } });
    await agent.client.env.delete({ name: 'bug' });
  });

  it('that fails gives them back, for another try', async () => {
    const recordings = [await sent(recordedBytes())];
    agent.storage.failNext('exportDisk', 'STORAGE_FAILED');
    const failing = agent.client.capsule.export({ envName: 'demo', recordings });
    await expect(failing).rejects.toMatchObject({ code: 'CAPSULE_FAILED' });
    expect(await transfers()).toEqual(['whole']);
    expect(filesIn(await exported(recordings)).get(FIRST)).toEqual(Buffer.from(recordedBytes()));
  });
});

describe('an import', () => {
  const refused = async (change: Parameters<typeof remade>[1], code: string) => {
    const transferId = await sent(remade(recorded, change), 'x.tt-capsule');
    const importing = agent.client.capsule.import({ transferId, name: 'bug' });
    await expect(importing).rejects.toMatchObject({ code: 'CAPSULE_INVALID', data: { reason: { code } } });
    expect([await kept(), await transfers()]).toEqual([[], []]);
    expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['demo']);
  };

  it('refuses a member that is no recording', () =>
    refused((_manifest, members) => members.set(FIRST, Buffer.from('<script>')), 'memberNotRecording'));

  it('refuses one with keys where the manifest says it has none', () =>
    refused((manifest) => Object.assign(manifest.recordings?.[0] ?? {}, { hasKeys: false }), 'memberRecordingDiffers'));

  it('refuses recordings in a version that has none', () =>
    refused((manifest) => Object.assign(manifest, { version: 3 }), 'moreThanManifest'));

  it('refuses two that are one member, and one that is a disk', async () => {
    await refused((manifest) => manifest.recordings?.push(...structuredClone(manifest.recordings)), 'memberTwice');
    await refused(
      (manifest) => Object.assign(manifest.recordings?.[0] ?? {}, { file: manifest.vms[0]?.disks[0]?.file }),
      'memberTwice',
    );
  });

  it('that fails later leaves no recording', async () => {
    const transferId = await sent(recorded, 'x.tt-capsule');
    agent.storage.failNext('createImage', 'STORAGE_FAILED');
    const importing = agent.client.capsule.import({ transferId, name: 'bug' });
    await expect(importing).rejects.toMatchObject({ code: 'CAPSULE_FAILED' });
    expect([await kept(), await transfers()]).toEqual([[], ['whole']]);
  });
});
