// Files into guests and out of them through the whole agent, with fake guests: many at once, and each apart when one is full, dead,
// or loses its connection.
import { createHash, randomBytes } from 'node:crypto';
import { downloadTo, uploadFile } from '@tt/client';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

const MIB = 1024 * 1024;
let agent: TestAgent;
let vms: readonly Vm[];
/** Each test has folders of its own. */
let tests = 0;
let folder: string;

beforeAll(async () => {
  agent = await startTestAgent();
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 3 }] }));
}, 60_000);
afterAll(() => agent.stop());
beforeEach(() => {
  folder = `/srv/test-${++tests}`;
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function upload(content: Buffer): Promise<string> {
  const source = {
    fileName: 'push',
    sizeBytes: content.length,
    read: async (offset: number, length: number) => content.subarray(offset, offset + length),
  };
  return (await uploadFile(agent.connection, source, crypto.randomUUID())).id;
}

/** Puts named contents into `folder`. */
async function put(files: Record<string, Buffer>, more: object = {}) {
  const content = Buffer.concat(Object.values(files));
  const request = {
    envName: 'demo',
    folder,
    files: Object.entries(files).map(([path, bytes]) => ({ path, sizeBytes: bytes.length, mode: 0o640 })),
    ...(content.length > 0 && { transferId: await upload(content) }),
    ...more,
  };
  return { request, ...(await agent.client.guestFile.put(request)) };
}

async function get(vm: Vm | undefined, paths: readonly string[]): Promise<Buffer> {
  const vmId = vm?.id ?? '';
  const files = [];
  for (const path of paths) {
    const { entries } = await agent.client.guestFile.list({ vmId, path, what: 'pattern' });
    files.push({ path, sizeBytes: entries[0]?.sizeBytes ?? 0 });
  }
  const { transfer, files: got } = await agent.client.guestFile.get({ vmId, files });
  const pieces: Uint8Array[] = [];
  if (transfer.sizeBytes > 0) await downloadTo(agent.connection, transfer, 0, (bytes) => void pieces.push(bytes));
  await agent.client.transfer.drop({ transferId: transfer.id });
  const content = Buffer.concat(pieces);
  expect(got.map((file) => file.path)).toEqual(paths);
  expect(sha256(content)).toBe(transfer.sha256);
  return content;
}

/** A guest that says nothing any more, without its agent knowing. */
function pause(vm: Vm | undefined, isPaused: boolean): void {
  agent.fakeHost.ofVm(vm?.id ?? '')?.setPaused(isPaused);
}

const transfersLeft = async () => (await agent.client.transfer.list()).transfers.map(({ id }) => id);

describe('a push', () => {
  it('reaches every guest, with folders, modes and hashes, and uses up the upload', async () => {
    const files = {
      'a.txt': Buffer.from('text ü\n'),
      'deep/er/b.bin': randomBytes(300_000),
      'deep/empty': Buffer.alloc(0),
    };
    const { vms: pushed, files: sent } = await put(files, { folders: ['none/in/it'] });
    expect(pushed.map(({ vmName, state, failure }) => [vmName, state, failure])).toEqual(
      vms.map(({ name }) => [name, 'done', null]),
    );
    expect(sent.map((file) => file.sha256)).toEqual(Object.values(files).map(sha256));
    expect(await transfersLeft()).toEqual([]);
    for (const vm of vms) {
      const { entries } = await agent.client.guestFile.list({ vmId: vm.id, path: folder, what: 'tree' });
      const seen = entries.map(({ kind, path, mode }) => `${kind} ${path.slice(folder.length)} ${mode.toString(8)}`);
      expect(seen.sort()).toEqual([
        'file /a.txt 640',
        'file /deep/empty 640',
        'file /deep/er/b.bin 640',
        'folder /deep 755',
        'folder /deep/er 755',
        'folder /none 755',
        'folder /none/in 755',
        'folder /none/in/it 755',
      ]);
      const content = await get(vm, [`${folder}/a.txt`, `${folder}/deep/empty`, `${folder}/deep/er/b.bin`]);
      expect(content.equals(Buffer.concat([files['a.txt'], files['deep/er/b.bin']]))).toBe(true);
    }
    expect(await transfersLeft()).toEqual([]);
  });

  it('tells how far each guest is, and names nothing of the contents in the log', async () => {
    const secret = 'a secret of somebody';
    await put({ file: Buffer.from(secret) });
    const operations = agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'operation.updated' && item.event.data.kind === 'guestFile.put'
        ? [item.event.data]
        : [],
    );
    const last = operations.filter(({ parts }) => parts?.length === vms.length).at(-1);
    expect(last?.parts?.map(({ state, done, total }) => [state, done, total])).toEqual(
      vms.map(() => ['done', secret.length, secret.length]),
    );
    expect(JSON.stringify(agent.log)).not.toContain(secret);
    expect(agent.log.find(({ msg }) => msg === 'files were put into guests')).toMatchObject({ caller: 'local' });
  });

  it('overwrites nothing unless it is told to; the same content is no conflict', async () => {
    await put({ file: Buffer.from('old') });
    const again = await put({ file: Buffer.from('old') });
    expect(again.vms.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    const other = await put({ file: Buffer.from('new') });
    expect(other.vms.map(({ failure }) => [failure?.code, failure?.data['path']])).toEqual(
      vms.map(() => ['GUEST_FILE_EXISTS', `${folder}/file`]),
    );
    expect((await get(vms[0], [`${folder}/file`])).toString()).toBe('old');
    // What was sent is there for another try.
    await agent.client.guestFile.put({ ...other.request, overwrites: true });
    expect((await get(vms[1], [`${folder}/file`])).toString()).toBe('new');
    expect(await transfersLeft()).toEqual([]);
  });

  it('goes on without a guest that is dead, and again with that one alone', async () => {
    const [dead, ...others] = vms;
    pause(dead, true);
    const { request, vms: pushed } = await put({ file: Buffer.from('x') }, { timeoutS: 1 });
    expect(pushed.map(({ state, failure }) => [state, failure?.code])).toEqual([
      ['failed', 'GUEST_FILES_UNREACHABLE'],
      ...others.map(() => ['done', undefined]),
    ]);
    pause(dead, false);
    const retried = await agent.client.guestFile.put({ ...request, vmIds: [dead?.id ?? ''] });
    expect(retried.vms.map(({ state }) => state)).toEqual(['done']);
    expect(await transfersLeft()).toEqual([]);
  });

  it('goes on where it stopped when the connection to a guest breaks', async () => {
    folder = '/flaky/in';
    const content = randomBytes(MIB);
    const { vms: pushed } = await put({ big: content });
    expect(pushed.map(({ state, doneBytes }) => [state, doneBytes])).toEqual(vms.map(() => ['done', MIB]));
    for (const vm of vms) expect((await get(vm, ['/flaky/in/big'])).equals(content)).toBe(true);
  });

  it.each([
    ['no space', '/full', 'GUEST_DISK_FULL'],
    ['no permission', '/locked/here', 'GUEST_FILE_REFUSED'],
  ])('says that a guest has %s', async (_what, where, code) => {
    folder = where;
    const { request, vms: pushed } = await put({ file: Buffer.from('x') });
    expect(pushed.map(({ failure }) => failure?.code)).toEqual(vms.map(() => code));
    await agent.client.transfer.drop({ transferId: request.transferId ?? '' });
  });

  it('of a folder to where a file is, is refused', async () => {
    await put({ file: Buffer.from('x') });
    const { request, vms: pushed } = await put({ 'file/inner': Buffer.from('x') });
    expect(pushed.map(({ failure }) => failure?.code)).toEqual(vms.map(() => 'GUEST_FILE_REFUSED'));
    await agent.client.transfer.drop({ transferId: request.transferId ?? '' });
  });

  it('is refused before anything is done for names that lead elsewhere, wrong sizes and strange machines', async () => {
    const files = [{ path: 'a', sizeBytes: 0 }];
    const refused = (change: object) => agent.client.guestFile.put({ envName: 'demo', folder, files, ...change });
    for (const path of ['../a', '/a', 'a/../../b', 'a//b', '', 'a/.', 'a\0b']) {
      await expect(refused({ files: [{ path, sizeBytes: 0 }] })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
    for (const bad of ['relative', '/a/../b', '/a\0b']) {
      await expect(refused({ folder: bad })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
    await expect(refused({ vmIds: ['vm-none'] })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    await expect(refused({ files: [{ path: 'a', sizeBytes: 1 }] })).rejects.toMatchObject({ code: 'TRANSFER_SIZE' });
    const transferId = await upload(Buffer.from('12'));
    await expect(refused({ transferId })).rejects.toMatchObject({ code: 'TRANSFER_SIZE' });
    await agent.client.transfer.drop({ transferId });
  });

  it('that is cancelled ends at once, with no file under its name, and keeps what was sent', async () => {
    const [vm] = vms;
    pause(vm, true);
    const operationId = crypto.randomUUID();
    const pushing = put({ file: Buffer.from('x') }, { operationId, vmIds: [vm?.id ?? ''], timeoutS: 600 });
    const outcome = expect(pushing).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await expect.poll(() => agent.feed.some((item) => JSON.stringify(item).includes(operationId))).toBe(true);
    await agent.client.operation.cancel({ operationId });
    await outcome;
    pause(vm, false);
    const left = await transfersLeft();
    expect(left.length).toBe(1);
    for (const transferId of left) await agent.client.transfer.drop({ transferId });
    await expect(
      agent.client.guestFile.list({ vmId: vm?.id ?? '', path: folder, what: 'folder' }),
    ).rejects.toMatchObject({ code: 'GUEST_FILE_MISSING' });
  });

  it('to an ENV that is stopped is refused', async () => {
    const { vms: off } = await agent.client.env.create({ name: 'off', groups: [{ osPrefix: 'tiny' }] });
    await agent.client.env.stop({ name: 'off', graceS: 0 });
    const files = [{ path: 'a', sizeBytes: 0 }];
    const refused = expect(agent.client.guestFile.put({ envName: 'off', folder, files })).rejects;
    await refused.toMatchObject({ code: 'VM_NOT_RUNNING' });
    const vmId = off[0]?.id ?? '';
    await expect(agent.client.guestFile.list({ vmId, path: '/' })).rejects.toMatchObject({ code: 'VM_NOT_RUNNING' });
    await agent.client.env.delete({ name: 'off' });
  });
});

describe('getting files', () => {
  it('goes on where it stopped when the connection to the guest breaks', async () => {
    folder = '/flaky/out';
    const content = randomBytes(300_000);
    await put({ big: content, more: Buffer.from('more') });
    const got = await get(vms[2], ['/flaky/out/big', '/flaky/out/more']);
    expect(got.equals(Buffer.concat([content, Buffer.from('more')]))).toBe(true);
  });

  it('keeps nothing when one of them is missing, a folder, or has another size', async () => {
    await put({ file: Buffer.from('text') });
    const vmId = vms[0]?.id ?? '';
    const file = { path: `${folder}/file`, sizeBytes: 4 };
    const refused = (path: string, sizeBytes: number) =>
      expect(agent.client.guestFile.get({ vmId, files: [file, { path, sizeBytes }] })).rejects;
    await refused(`${folder}/none`, 1).toMatchObject({ code: 'GUEST_FILE_MISSING' });
    await refused(folder, 1).toMatchObject({ code: 'GUEST_FILE_REFUSED' });
    await refused(file.path, 5).toMatchObject({ code: 'GUEST_FILE_CHANGED' });
    expect(await transfersLeft()).toEqual([]);
  });

  it('sends of each file what the caller does not have, with the hash of the whole', async () => {
    const content = randomBytes(50_000);
    await put({ big: content, small: Buffer.from('text') });
    const vmId = vms[0]?.id ?? '';
    const wanted = (name: string, sizeBytes: number, fromByte: number) => {
      return { path: `${folder}/${name}`, sizeBytes, fromByte };
    };
    const files = [wanted('big', 50_000, 30_000), wanted('small', 4, 4)];
    const { transfer, files: got } = await agent.client.guestFile.get({ vmId, files });
    const pieces: Uint8Array[] = [];
    await downloadTo(agent.connection, transfer, 0, (bytes) => void pieces.push(bytes));
    await agent.client.transfer.drop({ transferId: transfer.id });
    expect(Buffer.concat(pieces).equals(content.subarray(30_000))).toBe(true);
    expect(got.map((file) => [file.sizeBytes, file.sha256])).toEqual([
      [50_000, sha256(content)],
      [4, sha256(Buffer.from('text'))],
    ]);
    const beyond = agent.client.guestFile.get({ vmId, files: [wanted('small', 4, 5)] });
    await expect(beyond).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await transfersLeft()).toEqual([]);
  });

  it('needs space on the host', async () => {
    const files = [{ path: `${folder}/file`, sizeBytes: Number.MAX_SAFE_INTEGER }];
    const got = agent.client.guestFile.get({ vmId: vms[0]?.id ?? '', files });
    await expect(got).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await transfersLeft()).toEqual([]);
  });
});

describe('guests that have only the guest agent', () => {
  let plain: readonly Vm[];
  beforeAll(async () => {
    const groups = [{ osPrefix: 'tiny', copies: 2, guestHelper: 'off' as const }];
    ({ vms: plain } = await agent.client.env.create({ name: 'plain', groups }));
  });
  afterAll(() => agent.client.env.delete({ name: 'plain' }));

  const push = (files: Record<string, Buffer>, more: object = {}) => put(files, { envName: 'plain', ...more });

  it('are given files, list them and give them back, as others do', async () => {
    // Of three steps, of one, and without bytes.
    const files = { 'a/big': randomBytes(2 * MIB + 1), 'a/small': Buffer.from('text ü\n'), none: Buffer.alloc(0) };
    const { vms: pushed } = await push(files, { folders: ['b/c'] });
    expect(pushed.map(({ state, failure }) => [state, failure])).toEqual(plain.map(() => ['done', null]));
    expect(await transfersLeft()).toEqual([]);
    const [vm] = plain;
    const { entries } = await agent.client.guestFile.list({ vmId: vm?.id ?? '', path: folder, what: 'tree' });
    const seen = entries.map(
      ({ kind, path, mode, owner }) => `${kind} ${path.slice(folder.length)} ${mode.toString(8)} ${owner}`,
    );
    expect(seen.sort()).toEqual([
      'file /a/big 640 root',
      'file /a/small 640 root',
      'file /none 640 root',
      'folder /a 755 root',
      'folder /b 755 root',
      'folder /b/c 755 root',
    ]);
    const got = await get(vm, [`${folder}/a/big`, `${folder}/a/small`, `${folder}/none`]);
    expect(got.equals(Buffer.concat(Object.values(files)))).toBe(true);
    const machine = agent.fakeHost.ofVm(vm?.id ?? '');
    await expect.poll(() => machine?.agentCommands.leftovers, { timeout: 30_000 }).toEqual([]);
  });

  it('overwrite nothing silently, and say what they refuse', async () => {
    await push({ file: Buffer.from('old') });
    const again = await push({ file: Buffer.from('other') });
    expect(again.vms.map(({ failure }) => failure?.code)).toEqual(plain.map(() => 'GUEST_FILE_EXISTS'));
    await agent.client.guestFile.put({ ...again.request, overwrites: true });
    expect((await get(plain[1], [`${folder}/file`])).toString()).toBe('other');
    for (const [where, code] of [
      ['/full', 'GUEST_DISK_FULL'],
      ['/locked/here', 'GUEST_FILE_REFUSED'],
    ]) {
      const { request, vms: refused } = await push({ file: randomBytes(100_000) }, { folder: where });
      expect(refused.map(({ failure }) => failure?.code)).toEqual(plain.map(() => code));
      await agent.client.transfer.drop({ transferId: request.transferId ?? '' });
    }
    const missing = agent.client.guestFile.list({ vmId: plain[0]?.id ?? '', path: '/no/such' });
    await expect(missing).rejects.toMatchObject({ code: 'GUEST_FILE_MISSING' });
  });

  it('go on where it stopped when nobody heard of the end of a step', async () => {
    const content = randomBytes(MIB + 300_000);
    const { vms: pushed } = await push({ big: content }, { folder: '/flaky/plain' });
    expect(pushed.map(({ failure }) => failure)).toEqual(plain.map(() => null));
    expect((await get(plain[0], ['/flaky/plain/big'])).equals(content)).toBe(true);
  });

  it('whose agent may do nothing for its host can have no files, and that is said', async () => {
    const [, vm] = plain;
    const machine = agent.fakeHost.ofVm(vm?.id ?? '');
    await agent.client.vm.reset({ vmId: vm?.id ?? '' });
    if (machine) machine.agentCommands.isForbidden = true;
    await expect(agent.client.guestFile.list({ vmId: vm?.id ?? '', path: '/' })).rejects.toMatchObject({
      code: 'GUEST_FILES_UNREACHABLE',
      data: { reason: { code: 'guest.GUEST_AGENT_UNFIT' } },
    });
    if (machine) machine.agentCommands.isForbidden = false;
  });

  it('may be a Windows, whose paths begin with its drives', async () => {
    const [vm] = plain;
    const machine = agent.fakeHost.ofVm(vm?.id ?? '');
    if (machine) machine.isWindows = true;
    // The channel that is open takes it for a Linux.
    await agent.client.vm.reset({ vmId: vm?.id ?? '' });
    const content = randomBytes(MIB + 1);
    const { vms: pushed } = await push({ 'a/big': content }, { folder: '/C:/Temp', vmIds: [vm?.id] });
    expect(pushed[0]?.failure).toBeNull();
    expect((await get(vm, ['/C:/Temp/a/big'])).equals(content)).toBe(true);
    const owned = await push({ file: Buffer.from('x') }, { folder: '/C:/Temp', vmIds: [vm?.id], user: 'kim' });
    expect(owned.vms[0]?.failure?.code).toBe('GUEST_FILE_REFUSED');
    await agent.client.transfer.drop({ transferId: owned.request.transferId ?? '' });
  });
});
