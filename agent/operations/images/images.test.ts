// Images through the calls of the contract: imported from a file, an upload and a URL; published, renamed, deleted; and every
// way to refuse one, with nothing left behind.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import { connectNode } from '@tt/client/node';
import type { Image } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeImageTool } from '../../images/tool/fake-image-tool.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { TINY_IMAGE } from '../../testing/image-folder.ts';
import { until } from '../../testing/until.ts';
import { readFakeDisk } from '../../storage/fake-disk.ts';

let agent: TestAgent;
const name = 'qemu:mine-1:web';

beforeEach(async () => {
  agent = await startTestAgent({
    config: {
      users: [{ name: 'mei', role: 'user', tokenSha256: createHash('sha256').update('token-of-mei').digest('hex') }],
    },
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await agent.stop();
});

const folder = () => path.join(agent.home, 'images');
const names = async () =>
  (await agent.client.image.list()).images.filter(({ state }) => state !== 'absent').map((image) => image.name);
const shown = async (wanted: string) => (await agent.client.image.list()).images.find((image) => image.name === wanted);
const inState = async (wanted: string, state: Image['state']) => {
  const found = await shown(wanted);
  return found?.state === state ? found : null;
};
const code = (wanted: string, data: object = {}) =>
  expect.objectContaining({ code: wanted, data: expect.objectContaining(data) });

async function hostFile(content: string, fileName = 'foreign.raw'): Promise<string> {
  const file = path.join(agent.home, fileName);
  await writeFile(file, content);
  return file;
}

function importFile(file: string, more: object = {}) {
  return agent.client.image.import({ name, format: 'raw', source: { kind: 'file', path: file }, ...more });
}

describe('an import', () => {
  it('from the host is converted, owned, described, and ready to make VMs of', async () => {
    const file = await hostFile('disk of 64 MiB');
    const image = await importFile(file, {
      firmware: 'uefi',
      memo: 'Ours.',
      defaultLogin: { user: 'root', password: null },
      minMemoryMiB: 128,
      features: ['vnc'],
    });
    expect(image).toMatchObject({
      name,
      kind: 'disk',
      os: 'mine-1',
      variant: 'web',
      state: 'ready',
      memo: 'Ours.',
      owner: 'local',
      firmware: 'uefi',
      defaultLogin: { user: 'root', password: null },
      minMemoryMiB: 128,
      minDiskMiB: 64,
      features: ['vnc'],
      builtFrom: ['foreign.raw'],
    });
    expect(await readFile(file, 'utf8')).toBe('disk of 64 MiB');
    expect(readFakeDisk(path.join(folder(), 'mine-1-web', 'disk.qcow2')).files).toEqual({ '/from': 'raw' });
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'mine' }] });
    expect(vms[0]).toMatchObject({ image: name, state: 'running' });
  });

  it('of an upload takes it, and gives it back when it was not used', async () => {
    const content = new TextEncoder().encode('disk of 64 MiB');
    const { id: transferId } = await uploadFile(
      agent,
      {
        fileName: 'My disk.raw',
        sizeBytes: content.length,
        read: async (at, length) => content.subarray(at, at + length),
      },
      crypto.randomUUID(),
    );
    const upload = { name, source: { kind: 'upload', transferId } } as const;
    // Nothing says what it is.
    await expect(agent.client.image.import(upload)).rejects.toEqual(code('IMAGE_REFUSED', { source: 'My disk.raw' }));
    expect(await agent.client.image.import({ ...upload, format: 'raw' })).toMatchObject({
      memo: 'From My disk.raw',
      memos: { 'zh-CN': '来自 My disk.raw' },
    });
    await expect(agent.client.image.import({ ...upload, name: 'qemu:mine-2:web' })).rejects.toEqual(
      code('TRANSFER_NOT_FOUND'),
    );
    expect((await agent.client.transfer.list()).transfers).toEqual([]);
  });

  it('of an ISO is a medium, whatever variant was asked for', async () => {
    const sector = Buffer.alloc(17 * 2048);
    sector.write('CD001', 16 * 2048 + 1);
    await writeFile(path.join(agent.home, 'net.iso'), sector);
    const source = { kind: 'file', path: path.join(agent.home, 'net.iso') } as const;
    const image = await agent.client.image.import({ name: 'qemu:net-12:default', source });
    expect([image.name, image.kind, image.state]).toEqual(['qemu:net-12:iso', 'iso', 'ready']);
    expect(await readdir(folder())).toContain('net-12.iso');
    await expect(agent.client.image.import({ name: 'qemu:net-12:other', source })).rejects.toEqual(
      code('IMAGE_NAME_TAKEN', { imageName: 'qemu:net-12:iso' }),
    );
  });

  it('of an ISO does not write over one that is still being copied there', async () => {
    const sector = Buffer.alloc(17 * 2048);
    sector.write('CD001', 16 * 2048 + 1);
    await writeFile(path.join(agent.home, 'net.iso'), sector);
    const source = { kind: 'file', path: path.join(agent.home, 'net.iso') } as const;
    // In no list yet, as its end is missing.
    await writeFile(path.join(folder(), 'net-12.iso'), 'half');
    const taken = code('IMAGE_NAME_TAKEN', { imageName: 'qemu:net-12:iso' });
    await expect(agent.client.image.import({ name: 'qemu:net-12:iso', source })).rejects.toEqual(taken);
    const other = await agent.client.image.import({ name: 'qemu:other:iso', source });
    await expect(agent.client.image.rename({ name: other.name, newName: 'qemu:net-12:iso' })).rejects.toEqual(taken);
    expect(await readFile(path.join(folder(), 'net-12.iso'), 'utf8')).toBe('half');
    expect(await readdir(folder())).toContain('other.iso');
  });

  it.each<[string, string, object, object]>([
    ['no disk', 'IMAGE_CONVERT_FAILED', { source: 'foreign.raw' }, { content: 'nonsense' }],
    ['a file that depends on another', 'IMAGE_REFUSED', { source: 'foreign.raw' }, { content: 'backing:/etc/shadow' }],
    ['an unknown file', 'IMAGE_REFUSED', {}, { content: 'what?', format: undefined }],
    ['another checksum', 'IMAGE_CHECKSUM_WRONG', { wanted: '0'.repeat(64) }, { content: 'x', sha256: '0'.repeat(64) }],
    ['no name of an image', 'IMAGE_NAME_INVALID', { imageName: '../up' }, { content: 'x', name: '../up' }],
    [
      'an unknown engine',
      'ENGINE_UNKNOWN',
      { engine: 'vbox', known: ['fake', 'qemu'] },
      { content: 'x', name: 'vbox:a:b' },
    ],
    ['a name that is taken', 'IMAGE_NAME_TAKEN', { imageName: TINY_IMAGE }, { content: 'x', name: TINY_IMAGE }],
    ['a medium’s name for a disk', 'IMAGE_NAME_INVALID', {}, { content: 'disk of 1 MiB', name: 'qemu:a:iso' }],
  ])(
    'with %s is refused, and leaves nothing',
    async (_what, wanted, data, { content, ...more }: { content?: string }) => {
      const before = [await names(), (await readdir(folder())).sort()];
      await expect(importFile(await hostFile(content ?? ''), more)).rejects.toEqual(code(wanted, data));
      expect([await names(), (await readdir(folder())).sort()]).toEqual(before);
    },
  );

  it('of a path that is none, or no plain file, is refused', async () => {
    for (const [file, reason] of [
      ['relative.raw', 'wholePath'],
      [path.join(agent.home, 'none.raw'), 'notThere'],
      [folder(), 'notPlainFile'],
    ] as const) {
      await expect(importFile(file)).rejects.toEqual(
        code('IMAGE_REFUSED', { reason: expect.objectContaining({ code: reason }) }),
      );
    }
  });

  it('from an address keeps secrets of it out of what people see, and reaches inside only for administrators', async () => {
    const server = createServer((_request, response) => response.end('disk of 32 MiB')).listen(0, '127.0.0.1');
    await until('the server listens', () => server.listening);
    const { port } = server.address() as { port: number };
    const url = `http://user:secret@127.0.0.1:${port}/disk.raw?token=secret`;
    const request = { name, format: 'raw', source: { kind: 'url', url } } as const;
    const mei = connectNode({ url: agent.url, token: 'token-of-mei' });
    try {
      await expect(mei.client.image.import(request)).rejects.toEqual(
        code('IMAGE_DOWNLOAD_FAILED', { reason: expect.objectContaining({ code: 'innerAddress' }) }),
      );
      await expect(
        mei.client.image.import({ ...request, source: { kind: 'file', path: '/etc/passwd' } }),
      ).rejects.toEqual(code('NOT_ALLOWED'));
      const image = await agent.client.image.import(request);
      expect(image.builtFrom).toEqual([`http://127.0.0.1:${port}/disk.raw`]);
      expect(JSON.stringify([image, agent.log, (await agent.client.operation.list()).operations])).not.toContain(
        'secret',
      );
      await expect(mei.client.image.delete({ name })).rejects.toEqual(code('IMAGE_NOT_YOURS', { owner: 'local' }));
      await expect(mei.client.image.rename({ name, newName: 'qemu:hers:a' })).rejects.toEqual(code('IMAGE_NOT_YOURS'));
    } finally {
      mei.close();
      server.close();
    }
  });
});

it('what waits for an image that is imported sees how far it is, and holds nothing meanwhile', async () => {
  const medium = Buffer.alloc(17 * 2048);
  medium.write('CD001', 16 * 2048 + 1);
  const half = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.setHeader('content-length', medium.length);
    response.write(medium.subarray(0, medium.length / 2));
    void half.promise.then(() => response.end(medium.subarray(medium.length / 2)));
  }).listen(0, '127.0.0.1');
  try {
    await until('the server listens', () => server.listening);
    const { port } = server.address() as { port: number };
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const vmId = vms[0]?.id ?? '';
    const source = { kind: 'url', url: `http://127.0.0.1:${port}/net.iso` } as const;
    const imported = agent.client.image.import({ name: 'qemu:net:iso', source });
    await until('it is being imported', () => inState('qemu:net:iso', 'building'));
    const insert = { vmId, name: 'cd0', medium: 'qemu:net:iso' } as const;
    await expect(agent.client.cd.insert({ ...insert, wait: false })).rejects.toEqual(
      code('IMAGE_NOT_READY', { state: 'building' }),
    );
    const inserted = agent.client.cd.insert(insert);
    await until('the wait is shown with its progress', () =>
      agent.feed.some(
        (item) =>
          item.kind === 'event' &&
          item.event.type === 'operation.updated' &&
          item.event.data.kind === 'cd.insert' &&
          item.event.data.step?.code === 'waitingForImage' &&
          (item.event.data.progress?.done ?? 0) > 0,
      ),
    );
    await agent.client.vm.stop({ vmId, graceS: 0 });
    half.resolve();
    await imported;
    expect((await inserted).spec.cds).toContainEqual({ name: 'cd0', medium: 'qemu:net:iso' });
  } finally {
    half.resolve();
    server.close();
  }
});

describe('publishing', () => {
  it('copies a stopped VM’s disk, or any VM’s as it was at a snapshot, with kernel and login', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const vmId = vms[0]?.id ?? '';
    await expect(agent.client.image.publish({ vmId, name })).rejects.toEqual(code('VM_MUST_BE_STOPPED'));
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const ripe = await agent.client.image.publish({ vmId, name: 'qemu:ripe-1:default', snapshotName: 'ripe' });
    expect(ripe).toMatchObject({ state: 'ready', memo: 'Published from demo/tiny-2-1 at ripe.', owner: 'local' });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    const image = await agent.client.image.publish({ vmId, name });
    expect(image).toMatchObject({ state: 'ready', defaultLogin: { user: 'root', password: 'tt' }, minMemoryMiB: 96 });
    expect((await readdir(path.join(folder(), 'mine-1-web'))).sort()).toEqual([
      'disk.qcow2',
      'image.json',
      'initrd',
      'vmlinuz',
    ]);
    const made = await agent.client.env.create({ name: 'again', groups: [{ osPrefix: 'mine-1' }] });
    expect(made.vms[0]).toMatchObject({ state: 'running', image: name });
    await expect(agent.client.image.publish({ vmId, name: 'qemu:a:b', snapshotName: 'none' })).rejects.toEqual(
      code('SNAPSHOT_NOT_FOUND'),
    );
  });

  it('that fails says why and leaves nothing', async () => {
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    const before = (await readdir(folder())).sort();
    agent.storage.failNext('exportDisk', 'STORAGE_FAILED');
    await expect(agent.client.image.publish({ vmId: vms[0]?.id ?? '', name })).rejects.toEqual(
      code('IMAGE_PUBLISH_FAILED', { vmName: 'demo/tiny-2-1' }),
    );
    expect((await readdir(folder())).sort()).toEqual(before);
    expect(await names()).not.toContain(name);
  });
});

describe('an image in use', () => {
  it('says by whom, and is neither renamed nor deleted until it is free', async () => {
    await importFile(await hostFile('disk of 64 MiB'));
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'mine', copies: 2 }] });
    expect((await agent.client.image.show({ name })).usedBy).toEqual([
      { kind: 'vm', name: 'demo/mine-1-1' },
      { kind: 'vm', name: 'demo/mine-1-2' },
    ]);
    const used = code('IMAGE_IN_USE', { users: ['demo/mine-1-1', 'demo/mine-1-2'] });
    await expect(agent.client.image.delete({ name })).rejects.toEqual(used);
    await expect(agent.client.image.rename({ name, newName: 'qemu:mine-2:web' })).rejects.toEqual(used);
    await agent.client.env.delete({ name: 'demo' });
    const newName = 'qemu:mine-2:web';
    expect(await agent.client.image.rename({ name, newName })).toMatchObject({ name: newName, state: 'ready' });
    expect(await names()).toContain(newName);
    expect(await names()).not.toContain(name);
    await agent.client.image.delete({ name: newName });
    expect(await names()).not.toContain(newName);
    expect(agent.feed.at(-1)).toMatchObject({ kind: 'event' });
    const gone = agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'image.deleted' ? [item.event.data.name] : [],
    );
    expect(gone).toEqual([name, newName]);
    await expect(agent.client.image.delete({ name: newName })).rejects.toEqual(code('IMAGE_NOT_FOUND'));
  });
});

describe('the image folder', () => {
  it('is followed: what is whole comes, half a disk does not, what goes is gone, what breaks is told', async () => {
    const state = async (wanted: string) =>
      (await agent.client.image.list()).images.find((image) => image.name === wanted)?.state;
    const source = path.join(folder(), 'tiny-2');
    const target = path.join(folder(), 'dropped');
    await mkdir(target);
    const manifest = JSON.parse(await readFile(path.join(source, 'image.json'), 'utf8')) as { name: string };
    await writeFile(path.join(target, 'image.json'), JSON.stringify({ ...manifest, name }));
    await writeFile(path.join(target, 'vmlinuz'), 'kernel');
    await writeFile(path.join(target, 'initrd'), 'initrd');
    await writeFile(path.join(target, 'disk.qcow2'), '{"sizeMiB":1024,"files"');
    await writeFile(path.join(folder(), 'half.iso'), 'half');
    // A whole one that came later is there: the folder has been looked at since.
    await writeFile(path.join(folder(), 'whole.iso'), 'cd');
    await until('the medium is there', async () => (await state('qemu:whole:iso')) === 'ready');
    expect([await state(name), await state('qemu:half:iso')]).toEqual([undefined, undefined]);
    await writeFile(path.join(target, 'disk.qcow2'), '{"sizeMiB":1024,"files":{},"snapshots":[]}');
    await until('the image is there', async () => (await state(name)) === 'ready');
    await writeFile(path.join(target, 'image.json'), '{}');
    await until('it is told', async () => (await state('qemu:dropped:unreadable')) === 'failed');
    await rm(target, { recursive: true });
    await until('it is gone', async () => (await state('qemu:dropped:unreadable')) === undefined);
    expect(await state(TINY_IMAGE)).toBe('ready');
  });

  it('takes a disk of another form as it is put there: imported at once, and the image takes its place', async () => {
    const file = path.join(folder(), 'Mine 3.raw');
    const image = 'qemu:Mine-3:default';
    await writeFile(file, 'disk of 64 MiB');
    await until('it is told', async () => (await shown(image)) !== undefined);
    const ready = await until('it is imported', () => inState(image, 'ready'));
    expect([ready.owner, ready.memo, ready.minDiskMiB]).toEqual([null, 'From Mine 3.raw', 64]);
    expect((await readdir(folder())).filter((entry) => /mine/i.test(entry))).toEqual(['Mine-3']);
    await until('the operation has ended well', async () => {
      const [operation] = (await agent.client.operation.list()).operations;
      return operation?.subject.imageName === image && operation.state === 'succeeded';
    });
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'Mine-3' }] });
    expect(vms[0]?.image).toBe(image);
    await agent.client.env.delete({ name: 'demo' });
  });

  it('imports one disk after the other, and says for which the next one waits', async () => {
    const waits = () =>
      agent.feed.flatMap((item) =>
        item.kind === 'event' &&
        item.event.type === 'operation.updated' &&
        item.event.data.step?.code === 'waitingForImage'
          ? [[item.event.data.subject.imageName, item.event.data.step.data?.['image']]]
          : [],
      );
    const first = Promise.withResolvers<void>();
    const { convert } = FakeImageTool.prototype;
    vi.spyOn(FakeImageTool.prototype, 'convert').mockImplementationOnce(async function (this: FakeImageTool, ...about) {
      await first.promise;
      return convert.apply(this, about);
    });
    try {
      await writeFile(path.join(folder(), 'one.raw'), 'disk of 64 MiB');
      await until('the first is being imported', () => inState('qemu:one:default', 'building'));
      await writeFile(path.join(folder(), 'two.raw'), 'disk of 64 MiB');
      await until('the second waits', () => waits().length > 0);
    } finally {
      first.resolve();
    }
    for (const disk of ['one', 'two']) await until('it is imported', () => inState(`qemu:${disk}:default`, 'ready'));
    expect(waits()).toEqual([['qemu:two:default', 'qemu:one:default']]);
  });

  it('leaves alone a disk it can’t import, says why, hides no image behind it, and tries again when it changes', async () => {
    const file = path.join(folder(), 'Other.img');
    await writeFile(file, 'disk of 8 MiB, backing:/etc/shadow');
    await writeFile(path.join(folder(), 'tiny-2.raw'), 'disk of 8 MiB');
    const failed = await until('it is told', () => inState('qemu:Other:default', 'failed'));
    expect(failed.problem).toMatchObject({ code: 'IMAGE_BROKEN', data: { file: 'Other.img' } });
    expect(failed.problem?.message).toContain('/etc/shadow');
    const twin = await until('the twin is told', () => shown('qemu:tiny-2:tiny-2.raw'));
    expect(twin.problem?.message).toContain(`another image has the name ${TINY_IMAGE}, too`);
    expect(await shown(TINY_IMAGE)).toMatchObject({ state: 'ready' });
    expect(await readdir(folder())).toEqual(expect.arrayContaining(['Other.img', 'tiny-2.raw']));

    await writeFile(file, 'disk of 16 MiB');
    await until('it is imported', async () => (await shown('qemu:Other:default'))?.state === 'ready');
    await agent.client.image.delete({ name: 'qemu:tiny-2:tiny-2.raw' });
    expect(await readdir(folder())).not.toContain('tiny-2.raw');
    await agent.client.image.delete({ name: 'qemu:Other:default' });
  });

  it('waits for a disk that somebody still writes to', async () => {
    const file = path.join(folder(), 'slow.raw');
    const image = 'qemu:slow:default';
    await using handle = await open(file, 'w');
    await handle.write('disk of 32 MiB');
    // Another one that came later is there: the folder has been looked at since.
    await writeFile(path.join(folder(), 'quick.raw'), 'disk of 8 MiB');
    await until('the other is there', async () => (await shown('qemu:quick:default'))?.state === 'ready');
    expect(await shown(image)).toBeUndefined();
    await handle.close();
    await until('it is imported', async () => (await shown(image))?.state === 'ready');
  });
});
