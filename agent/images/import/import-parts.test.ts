// The parts of an import that need no QEMU: file types, checksum lists, XML of OVF, recipes given as data, and a recipe built
// from a local server.
import { formatOf, reason, type TtError } from '@tt/protocol';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDefinitions } from '../recipes/url/definition.ts';
import { urlRecipe } from '../recipes/url/recipe.ts';
import { FakeImageTool } from '../tool/fake-image-tool.ts';
import { findDigest } from './checksum.ts';
import { foreignInDescriptor, refuseForeignFiles } from './foreign-files.ts';
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import type { BudgetedWrite } from '../../storage/budgeted-write.ts';
import { DiskBudget } from '../../storage/disk-budget.ts';
import { ImageImporter } from './importer.ts';
import { OvaManifest } from './ova-manifest.ts';
import { factsOf } from './ovf.ts';
import { findAll, parseXml } from './xml.ts';

const MIB = 1024 * 1024;

it('the first bytes tell what a file is', () => {
  const at = (offset: number, text: string) => {
    const head = Buffer.alloc(0x8800);
    head.write(text, offset, 'latin1');
    return formatOf(head);
  };
  expect([
    at(0, 'QFI\xfb'),
    at(0, 'KDMV'),
    at(0, '# Disk DescriptorFile'),
    at(0, 'vhdxfile'),
    at(0, 'conectix'),
    at(64, '\x7f\x10\xda\xbe'),
    at(0, '\x1f\x8b'),
    at(0, '\xfd7zXZ\0'),
    at(0, '\x28\xb5\x2f\xfd'),
    at(0x8001, 'CD001'),
    at(257, 'ustar'),
    at(510, '\x55\xaa'),
    at(512, 'EFI PART'),
    at(0, 'what?'),
    formatOf(Buffer.alloc(0)),
  ]).toEqual([
    'qcow2',
    'vmdk',
    'vmdk',
    'vhdx',
    'vpc',
    'vdi',
    'gzip',
    'xz',
    'zstd',
    'iso',
    'ova',
    'raw',
    'raw',
    null,
    null,
  ]);
});

it('digests are found in every form of list, and only for the file itself', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  expect(findDigest(`${b}  other.img\n${a} *disk.img\n`, 'disk.img', 'sha256')).toBe(a);
  expect(findDigest(`# disk.img: 12 bytes\nSHA256 (disk.img) = ${a.toUpperCase()}\n`, 'disk.img', 'sha256')).toBe(a);
  expect(
    findDigest(
      `-----BEGIN-----\nHash: SHA256\n\nSHA256 (x.img) = ${b}\nSHA256 (disk.img) = ${a}\n`,
      'disk.img',
      'sha256',
    ),
  ).toBe(a);
  expect(findDigest(`${a}\n`, 'disk.img', 'sha256')).toBe(a);
  expect(findDigest(`${b}  my-disk.img\n`, 'disk.img', 'sha256')).toBeNull();
  expect(findDigest(`${a}  disk.img\n`, 'disk.img', 'sha512')).toBeNull();
  expect(findDigest('', 'disk.img', 'sha256')).toBeNull();
});

it('descriptors that name a parent or several files are seen', () => {
  expect(foreignInDescriptor('CID=1\nparentCID=ffffffff\nRW 2048 SPARSE "disk.vmdk"\n')).toBeNull();
  expect(foreignInDescriptor('parentCID=12345678\n')?.code).toBe('hasParent');
  expect(foreignInDescriptor('parentFileNameHint="/etc/passwd"\n')?.code).toBe('hasParent');
  expect(foreignInDescriptor('RW 1 FLAT "/etc/passwd" 0\nRW 1 SPARSE "b"\n')).toEqual(reason('dataElsewhere'));
});

it('XML is read as far as OVF needs it, and what is more is refused', () => {
  const top = parseXml(
    '<?xml version="1.0"?><!-- <no> --><a:b c:d="1 &lt; 2"><e>x &#65;</e><e/><f><e><![CDATA[<&>]]></e></f></a:b>',
  );
  expect([top.name, top.attributes.get('d'), findAll(top, 'e').map(({ text }) => text)]).toEqual([
    'b',
    '1 < 2',
    ['x A', '', '<&>'],
  ]);
  for (const bad of ['<a>', '<a></b>', '', '<!DOCTYPE a><a/>', 'text', '<a>'.repeat(100) + '</a>'.repeat(100)]) {
    expect(() => parseXml(bad)).toThrow();
  }
});

it('XML that is not whole, or that brings entities of its own, is refused', () => {
  for (const bad of [
    '<a><b></a>',
    '<a></b></a>',
    '<a><b></a/>',
    '<a/></b>',
    '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    '<?xml version="1.0"?><!doctype a SYSTEM "file:///etc/passwd"><a/>',
    `<a>${'<b/>'.repeat(100_001)}</a>`,
  ]) {
    expect(() => parseXml(bad), bad.slice(0, 40)).toThrow();
  }
  const whole = parseXml('<o:a><b c="1" d=2 e/>x &amp; &e; &#x41; R&D</o:a>');
  expect([whole.text, [...(whole.children[0]?.attributes ?? [])]]).toEqual(['x & &e; A R&D', [['c', '1']]]);
});

// A megabyte of each is read in less than a second; what tries each letter as a beginning takes hours, and blocks the agent.
it('no XML takes long', () => {
  const letters = 'x'.repeat(1_000_000);
  for (const bad of ['<a "'.repeat(250_000), '<?'.repeat(500_000), `<${letters}`, '<!--'.repeat(250_000)]) {
    expect(() => parseXml(bad)).toThrow();
  }
  expect(parseXml(`<a ${letters}/>`).attributes.size).toBe(0);
  expect(parseXml(`<a>${'&'.repeat(1_000_000)}</a>`).text).toHaveLength(1_000_000);
});

it('the descriptor of a disk is looked at where QEMU looks, whatever the header says of its place', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-vmdk-'));
  const file = path.join(folder, 'disk.vmdk');
  const write = async (at: number, text: string, said = at) => {
    const bytes = Buffer.alloc(64 * 512);
    bytes.write('KDMV', 0, 'latin1');
    bytes.writeBigUInt64LE(2048n, 12);
    bytes.writeBigUInt64LE(BigInt(said), 28);
    bytes.writeBigUInt64LE(said === 0 ? 0n : 20n, 36);
    bytes.write(text, at * 512, 'latin1');
    await writeFile(file, bytes);
  };
  const foreign = { code: 'IMAGE_REFUSED', data: { reason: { code: 'hasParent' } } };
  try {
    await write(1, 'CID=1\nparentCID=ffffffff\nRW 2048 SPARSE "disk.vmdk"\n');
    await refuseForeignFiles(file, 'vmdk');
    const parent = 'CID=1 parentCID=ffffffff # parentFileNameHint="/etc/shadow"\n';
    for (const [at, said] of [
      [1, 1],
      [1, 0],
      [1, 40],
      [40, 40],
    ] as const) {
      await write(at, parent, said);
      await expect(refuseForeignFiles(file, 'vmdk')).rejects.toMatchObject(foreign);
    }
    // Lines of nothing are read once.
    expect(foreignInDescriptor('\n'.repeat(1_000_000))).toBeNull();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('the recipes of data are whole, have names of their own, and say that they were not run', () => {
  const all = readDefinitions(path.join(import.meta.dirname, '../recipes/url'));
  expect(all.length).toBeGreaterThanOrEqual(9);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(all.filter(({ notRun }) => !notRun)).toEqual([]);
  // Every language of the window, none of them with a sentence of another.
  expect(all.filter(({ memos }) => !/\p{Script=Han}/u.test(memos['zh-CN'] ?? ''))).toEqual([]);
  const families = ['debian', 'ubuntu', 'alpine', 'rocky', 'fedora', 'freebsd', 'windows'];
  expect(families.filter((family) => !all.some(({ name }) => name.includes(family)))).toEqual([]);
});

it('a recipe fetches, checks and converts; another checksum leaves nothing', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-recipe-'));
  const disk = 'QFI\xfb disk of 64 MiB';
  const bytes = Buffer.from(disk, 'latin1');
  let digest = createHash('sha512').update(bytes).digest('hex');
  const server = createServer((request, response) => {
    response.end(request.url === '/SUMS' ? `${digest}  disk.qcow2\n` : bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const directory = path.join(folder, 'images');
  const importer = new ImageImporter({
    directory,
    downloadDirectory: path.join(folder, 'downloads'),
    tool: new FakeImageTool(),
    user: null,
  });
  const recipe = urlRecipe(
    {
      name: 'qemu:served-1:cloud',
      memo: 'Served by a test.',
      memos: { 'zh-CN': '由测试提供。' },
      url: `${base}/disk.qcow2`,
      checksum: { algorithm: 'sha512', url: `${base}/SUMS` },
      loginUser: 'served',
      features: ['ssh'],
      firmware: 'uefi',
      minMemoryMiB: 64,
      minDiskMiB: 128,
      notRun: true,
    },
    importer,
  );
  const context = {
    cacheDirectory: folder,
    outputDirectory: path.join(directory, recipe.directoryName),
    guestHelper: null,
    signal: new AbortController().signal,
    onProgress: () => {},
  };
  try {
    const good = digest;
    digest = '0'.repeat(128);
    await expect(recipe.build(context)).rejects.toMatchObject({ code: 'IMAGE_CHECKSUM_WRONG' });
    digest = '';
    await expect(recipe.build(context)).rejects.toMatchObject({ message: expect.stringContaining('has no sha512') });
    expect(await readdir(directory)).toEqual([]);
    digest = good;
    expect(await recipe.build(context)).toMatchObject({
      name: 'qemu:served-1:cloud',
      firmware: 'uefi',
      minDiskMiB: 128,
      defaultLogin: { user: 'served', password: null },
      builtFrom: [`${base}/disk.qcow2 sha512 ${good}`],
    });
    expect(JSON.parse(await readFile(path.join(context.outputDirectory, 'image.json'), 'utf8'))).toMatchObject({
      disk: { file: 'disk.qcow2', virtualSizeMiB: 64 },
    });
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

describe('with a disk budget', () => {
  let folder: string;
  /** Of a disk of 10 GiB that keeps 205 MiB: what is free when nothing is written. */
  let freeMiB: number;
  let leastFreeBytes: number;
  /** Told at the end of each look at what is being written. */
  let onLook: () => void;
  let budget: DiskBudget;
  let importer: ImageImporter;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-limit-'));
    leastFreeBytes = Number.POSITIVE_INFINITY;
    onLook = () => {};
    budget = new DiskBudget({
      async space() {
        const freeBytes = freeMiB * MIB - (await allocatedBytes(path.join(folder, 'images')));
        leastFreeBytes = Math.min(leastFreeBytes, freeBytes);
        return { id: 1, freeBytes, totalBytes: 10 * 1024 * MIB };
      },
      quotaLeft: () => ({ allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY }),
      admit: () => {},
      wait: (ms) => {
        onLook();
        return sleep(ms);
      },
    });
    importer = new ImageImporter({
      directory: path.join(folder, 'images'),
      downloadDirectory: path.join(folder, 'downloads'),
      tool: new FakeImageTool(),
      user: null,
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function packed(name: string, mib: number): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, gzipSync(Buffer.alloc(mib * MIB), { level: 1 }));
    return file;
  }

  const take = (file: string, onBegun: (write: BudgetedWrite) => void = () => {}) =>
    budget.write({ owner: null, subject: path.basename(file) }, (write) => {
      onBegun(write);
      return importer.import(
        { source: { kind: 'upload', path: file, name: path.basename(file) }, checksum: null, format: null },
        { signal: write.signal, onProgress: () => {}, write },
        async () => {},
      );
    });

  /** The end of a look that began after this call: the one under way may have measured before. */
  async function nextLook(): Promise<void> {
    for (let looks = 0; looks < 2; looks++) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = onLook;
      onLook = () => {
        before();
        resolve();
      };
      await promise;
    }
  }

  const images = () => readdir(path.join(folder, 'images'));

  it('an import may only write what is left, and leaves nothing', async () => {
    const bomb = await packed('bomb.gz', 3);
    freeMiB = 206;
    await expect(take(bomb)).rejects.toMatchObject({ code: 'DISK_FULL', data: { subject: 'bomb.gz' } });
    expect(await images()).toEqual([]);
    // With space it is unpacked, and then is not a disk.
    freeMiB = 1000;
    await expect(take(bomb)).rejects.toMatchObject({ code: 'IMAGE_REFUSED' });
  });

  it('two imports that fit one by one don’t use the reserve together: one is stopped, the other goes on', async () => {
    const files = [await packed('one.gz', 20), await packed('two.gz', 20)];
    freeMiB = 205 + 25;
    // Each is told what it may have before the other writes, and what it wrote is looked at before it goes on.
    const allowed = Promise.withResolvers<void>();
    let waiting = files.length;
    const held = (write: BudgetedWrite) => {
      const part = write.part.bind(write);
      write.part = (place, work) =>
        part(place, async (maxBytes) => {
          if (--waiting === 0) allowed.resolve();
          await allowed.promise;
          const result = await work(maxBytes);
          await nextLook();
          return result;
        });
    };
    // The second begins after the first: it is the one to be stopped.
    const begun = Promise.withResolvers<void>();
    const first = take(files[0] ?? '', (write) => {
      held(write);
      begun.resolve();
    });
    const second = begun.promise.then(() => take(files[1] ?? '', held));
    const outcomes = await Promise.allSettled([first, second]);
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as TtError).code : ''));
    expect(codes).toEqual(['IMAGE_REFUSED', 'DISK_FULL']);
    expect(leastFreeBytes).toBeGreaterThan(150 * MIB);
    expect(await images()).toEqual([]);
  });
});

it.each(['1e300', '9007199254740993', 'Infinity', '-1', 'many'])(
  'a machine of %s MiB says nothing of its memory',
  (amount) => {
    const item = `<Item><ResourceType>4</ResourceType><VirtualQuantity>${amount}</VirtualQuantity></Item>`;
    expect(factsOf(parseXml(`<Envelope>${item}</Envelope>`)).memoryMiB).toBeNull();
  },
);

it('a disk whose descriptor is said to lie where no file reaches has none there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-vmdk-'));
  try {
    const head = Buffer.alloc(1024);
    head.write('KDMV', 'latin1');
    head.writeBigUInt64LE(2048n, 12);
    head.writeBigUInt64LE(2n ** 64n - 1n, 28);
    await writeFile(path.join(folder, 'x.vmdk'), head);
    await refuseForeignFiles(path.join(folder, 'x.vmdk'), 'vmdk');
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('a manifest of checksums', () => {
  it.each(['SHA3-256', '__proto__', 'constructor'])('of %s is refused', (name) => {
    expect(() => new OvaManifest(`${name}(disk.vmdk)= 00ff\n`, '.')).toThrow(
      expect.objectContaining({ reason: { code: 'manifestAlgorithm', data: { algorithm: name }, quote: null } }),
    );
  });
});
