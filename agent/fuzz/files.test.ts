// Files of others, mutated: whatever their bytes, they are read or refused with an error meant for that; nothing is read beyond
// their end, and nothing is taken for larger than it may be.
// @module-tag deep
import { getHashes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RecordingReader } from '@tt/client/recordings';
import { recordedBytes } from '@tt/client/recordings/test';
import { formatOf, recordingFactsSchema } from '@tt/protocol';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tarEnd } from '../archives/tar-header.ts';
import { tarMember as member } from '../archives/test-member.ts';
import { listTar } from '../archives/tar-members.ts';
import { foreignInDescriptor, refuseForeignFiles } from '../images/import/foreign-files.ts';
import { OvaManifest } from '../images/import/ova-manifest.ts';
import { diskReference, factsOf } from '../images/import/ovf.ts';
import { sniffFormat } from '../images/import/sniff.ts';
import { findAll, parseXml, type XmlElement } from '../images/import/xml.ts';
import { lookAtQcow2 } from '../images/tool/qcow2-wholeness.ts';
import { differingSnapshotBytes, ownSnapshotBytes } from '../storage/qcow2/own-snapshot-bytes.ts';
import { lookAtFile } from '../recordings/look-at-file.ts';
import { decodePng } from '../thumbnails/decode-png.ts';
import { encodePng } from '../thumbnails/encode-png.ts';
import { fuzz, fuzzing, mutated, orRefused } from '../testing/fuzz.ts';

const BLOCK = 512;
const SUM = { start: 148, end: 156 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Each block that looks like a header gets its sum made right: else nothing behind the sum is ever looked at. */
function resummed(archive: Buffer): Buffer {
  const bytes = Buffer.from(archive);
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    if (!block.subarray(257, 262).equals(Buffer.from('ustar'))) continue;
    block.fill(' ', SUM.start, SUM.end);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, SUM.start, 'latin1');
  }
  return bytes;
}

it('tar archives', fuzzing, async () => {
  const note = Buffer.from('30 path=folder/disk.qcow2 more\n19 GNU.sparse.x=1\n');
  const pax = member('note', note);
  pax[156] = 'x'.charCodeAt(0);
  const long = member('././@LongLink', Buffer.from(`${'n'.repeat(300)}\0`));
  long[156] = 'L'.charCodeAt(0);
  const sparse = member('holes', Buffer.alloc(700, 1));
  sparse[156] = 'S'.charCodeAt(0);
  sparse.write('00000000000\x0000000000620\0', 386, 'latin1');
  const parts = [pax, member('a', Buffer.from('hello')), long, member('b', Buffer.alloc(600)), sparse, tarEnd()];
  const sample = resummed(Buffer.concat(parts));
  const file = path.join(folder, 'x.tar');
  await fuzz(
    fc.tuple(mutated(sample, ['7777777777\0', 'x', 'S', 'L', 'g']), fc.boolean()),
    async ([bytes, isSummed]) => {
      await writeFile(file, isSummed ? resummed(bytes) : bytes);
      await using handle = await open(file, 'r');
      const members = (await orRefused(() => listTar(handle))) ?? [];
      expect(members.length).toBeLessThanOrEqual(1000);
      for (const { offset, sizeBytes, pieces } of members) {
        expect(Number.isSafeInteger(offset) && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0).toBe(true);
        if (!pieces) expect(offset + sizeBytes).toBeLessThanOrEqual(bytes.length);
      }
    },
  );
});

it('recordings that come with capsules', fuzzing, async () => {
  const sample = Buffer.from(recordedBytes());
  const file = path.join(folder, 'x.ttrec');
  await fuzz(
    mutated(sample, ['TTREC\u000001', '\u0005', '\u0003', '{"code":"KeyA","down":true}', '\u00ff\u00ff']),
    async (bytes) => {
      await writeFile(file, bytes);
      const facts = await orRefused(() => lookAtFile(file));
      if (!facts) return;
      expect(recordingFactsSchema.parse(facts)).toEqual(facts);
      // What is kept can be played, and what says that it has no keys has none.
      const reader = await RecordingReader.open(new Blob([Uint8Array.from(bytes)]));
      for await (const { kind } of reader.records()) expect(kind === 'input' && !facts.hasKeys).toBe(false);
    },
  );
});

function depthOf(element: XmlElement): number {
  return 1 + Math.max(0, ...element.children.map(depthOf));
}

it('OVF descriptors', fuzzing, async () => {
  const sample = `<?xml version="1.0"?><Envelope xmlns:ovf="x"><References><File ovf:href="disk.vmdk" ovf:id="f1"/></References>
<DiskSection><Disk ovf:capacity="1" ovf:diskId="d" ovf:fileRef="f1"/></DiskSection><VirtualSystem ovf:id="vm"><Name>a &amp; b</Name>
<Item><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
<vmw:Config ovf:key="firmware" ovf:value="efi"/><!-- c --><![CDATA[<x>]]></VirtualSystem></Envelope>`;
  const words = [
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '&a;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '&#x110000;',
    '"',
    '<a ',
    '/>',
    '1e999',
    '9e99',
  ];
  const changed = mutated(Buffer.from(sample), words).map(String);
  // Whole ones, of which one part is odd: bytes that are changed anywhere seldom leave XML.
  const quantity = fc.oneof(
    fc.constantFrom('1e999', '9e99', '-1', '0', '0x10', '1.5', 'NaN', '', ' 7 '),
    fc.double().map(String),
  );
  const depth = fc.oneof(fc.constant(0), fc.integer({ min: 50, max: 80 }));
  const odd = fc
    .tuple(quantity, depth, fc.constantFrom('', ...words), fc.nat({ max: 3 }))
    .map(([amount, nested, word, disks]) =>
      sample
        .replace('512', amount)
        .replace('<VirtualSystem', `${'<a>'.repeat(nested)}${'</a>'.repeat(nested)}${word}<VirtualSystem`)
        .replace(/<Disk .*?\/>/, (disk) => disk.repeat(disks)),
    );
  await fuzz(fc.oneof(changed, odd), async (text) => {
    const xml = await orRefused(() => parseXml(text));
    if (xml === null) return;
    // No definitions of entities, at which other parsers read files or grow.
    const plain = text.replaceAll(/<!--[\s\S]*?(-->|$)|<!\[CDATA\[[\s\S]*?(\]\]>|$)|<\?[\s\S]*?(\?>|$)/g, '');
    expect(plain).not.toMatch(/(^|>)[^<]*<!DOCTYPE/);
    expect(depthOf(xml)).toBeLessThanOrEqual(64);
    const reference = await orRefused(() => diskReference(xml));
    const disks = findAll(xml, 'Disk').filter(({ attributes }) => attributes.has('fileRef'));
    if (reference !== null) expect(disks).toHaveLength(1);
    const facts = await orRefused(() => factsOf(xml));
    if (facts?.memoryMiB != null) expect(Number.isSafeInteger(facts.memoryMiB) && facts.memoryMiB > 0).toBe(true);
  });
});

it('manifests of checksums, and descriptors that name other files', fuzzing, async () => {
  const manifest = 'SHA256(disk.vmdk)= 00ff\nSHA1(./a (1).ovf)= 00\n';
  const changed = mutated(Buffer.from(manifest), ['SHA3', '((', '))', '= ', '\r\n']).map(String);
  const algorithm = fc.constantFrom('SHA256', 'sha1', 'SHA2-512', 'SHA3-256', 'MD5', 'toString', '__proto__', '');
  const line = fc
    .tuple(algorithm, fc.constantFrom('a', './a', 'b/../a', '../x', ')', ''), fc.constantFrom('00ff', 'xyz', ''))
    .map(([name, file, digest]) => `${name}(${file})= ${digest}`);
  const lines = fc
    .array(fc.oneof(line, fc.constantFrom('', '#', 'a = b')), { maxLength: 4 })
    .map((all) => all.join('\n'));
  await fuzz(fc.oneof(changed, lines), async (text) => {
    const read = await orRefused(() => new OvaManifest(text, 'folder'));
    if (read === null) return;
    // Nothing was passed over: each line that says something is a digest of a file, of a kind that is known here.
    for (const said of text.split('\n').filter((one) => one.trim() !== '')) {
      const file = said.slice(said.indexOf('(') + 1, said.lastIndexOf(')'));
      const digest = await orRefused(() => read.digestOf(path.posix.join('folder', file)));
      expect(getHashes()).toContain(digest?.algorithm);
      expect(digest?.digest).toMatch(/^[0-9a-f]+$/);
    }
  });
  const descriptor =
    '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 2048 FLAT "disk-flat.vmdk" 0\nparentFileNameHint="x"\n';
  await fuzz(mutated(Buffer.from(descriptor), ['RW ', '"', '/etc/passwd']), (bytes) => {
    // Pure, and asked before anything else is: it has no error to throw.
    foreignInDescriptor(bytes.toString('latin1'));
  });
});

it('disks', fuzzing, async () => {
  const file = path.join(folder, 'x.disk');
  await writeFile(file, qcow2());
  expect(await differingSnapshotBytes(file, 'clean', 'again')).toBe(512);
  // Another table in the second one: of the disk, or beyond its end, where RAM was saved once.
  for (const [diskBytes, differing] of [
    [65_536n, 1024],
    [32_768n, 512],
  ] as const) {
    const longer = qcow2();
    longer.writeUInt32BE(2, 5 * 512 + 64 + 8);
    longer.writeBigUInt64BE(9n * 512n, 8 * 512 + 8);
    for (const entry of [0, 64]) longer.writeBigUInt64BE(diskBytes, 5 * 512 + entry + 48);
    await writeFile(file, longer);
    expect(await differingSnapshotBytes(file, 'clean', 'again')).toBe(differing);
  }
  await fuzz(fc.oneof(mutated(qcow2(), ['bf']), mutated(vmdk(), ['RW ', 'parentCID=1'])), async (bytes) => {
    await writeFile(file, bytes);
    formatOf(bytes);
    await orRefused(() => sniffFormat(file));
    const format = bytes.toString('latin1', 0, 4) === 'KDMV' ? 'vmdk' : 'qcow2';
    await orRefused(() => refuseForeignFiles(file, format));
    const facts = await orRefused(() => lookAtQcow2(file));
    if (facts) expect(facts.virtualBytes).toBeGreaterThanOrEqual(0);
    const ownBytes = await orRefused(() => ownSnapshotBytes(file, 'clean'));
    if (ownBytes !== null) expect(Number.isSafeInteger(ownBytes) && ownBytes >= 0).toBe(true);
    const differing = await orRefused(() => differingSnapshotBytes(file, 'clean', 'again'));
    if (typeof differing === 'number') expect(Number.isSafeInteger(differing) && differing >= 0).toBe(true);
  });
});

/** Of version 3, with clusters of 512 bytes, and everything in its place: tables of both levels, counts, and two snapshots. */
function qcow2(): Buffer {
  const CLUSTER = 512;
  const image = Buffer.alloc(10 * CLUSTER);
  Buffer.from('514649fb00000003000000000000000000000000000000090000000000010000', 'hex').copy(image);
  image.writeUInt32BE(1, 36);
  for (const [offset, cluster] of [
    [40, 1],
    [48, 3],
    [64, 5],
  ] as const)
    image.writeBigUInt64BE(BigInt(cluster * CLUSTER), offset);
  for (const [offset, value] of [
    [56, 1],
    [60, 2],
    [96, 4],
    [100, 104],
  ] as const)
    image.writeUInt32BE(value, offset);
  Buffer.from('e2792aca00000005716171636f770000', 'hex').copy(image, 104);
  image.writeBigUInt64BE(BigInt(2 * CLUSTER), CLUSTER);
  image.writeBigUInt64BE(BigInt(6 * CLUSTER), 2 * CLUSTER);
  image.writeBigUInt64BE(BigInt(4 * CLUSTER), 3 * CLUSTER);
  for (let cluster = 0; cluster < 10; cluster++) image.writeUInt16BE(1, 4 * CLUSTER + 2 * cluster);
  for (const [index, name] of ['clean', 'again'].entries()) {
    const entry = image.subarray(5 * CLUSTER + index * 64);
    entry.writeBigUInt64BE(BigInt((7 + index) * CLUSTER), 0);
    entry.writeUInt32BE(1, 8);
    entry.writeUInt16BE(1, 12);
    entry.writeUInt16BE(name.length, 14);
    entry.writeUInt32BE(16, 36);
    // The size the disk had.
    entry.writeBigUInt64BE(65_536n, 48);
    entry.write(`${index + 1}${name}`, 56, 'latin1');
  }
  image.writeBigUInt64BE(BigInt(2 * CLUSTER), 7 * CLUSTER);
  // The second has a table of the second level of its own.
  image.writeBigUInt64BE(BigInt(9 * CLUSTER), 8 * CLUSTER);
  image.writeBigUInt64BE(BigInt(4 * CLUSTER), 9 * CLUSTER);
  return image;
}

/** One file with its descriptor inside. */
function vmdk(): Buffer {
  const image = Buffer.alloc(4 * BLOCK);
  image.write('KDMV', 0, 'latin1');
  image.writeBigUInt64LE(2048n, 12);
  image.writeBigUInt64LE(1n, 28);
  image.write('# Disk DescriptorFile\nparentCID=ffffffff\nRW 2048 SPARSE "x.vmdk"\n', BLOCK, 'latin1');
  return image;
}

it('pictures of screens', fuzzing, async () => {
  const sample = Buffer.from(encodePng(9, 7, new Uint8Array(9 * 7 * 3).fill(5)));
  await fuzz(mutated(sample, ['IDAT', 'IHDR']), async (bytes) => {
    const picture = await orRefused(() => decodePng(bytes));
    if (picture) expect(picture.rgb.length).toBe(picture.width * picture.height * 3);
  });
});
