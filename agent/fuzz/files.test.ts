// Files of others, mutated: whatever their bytes, they are read or refused with an error meant for that; nothing is read beyond
// their end, and nothing is taken for larger than it may be.
// @module-tag deep
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { padding, tarEnd, tarHeader } from '../archives/tar-header.ts';
import { listTar } from '../archives/tar-members.ts';
import { foreignInDescriptor } from '../images/import/foreign-files.ts';
import { OvaManifest } from '../images/import/ova-manifest.ts';
import { diskReference, factsOf } from '../images/import/ovf.ts';
import { formatOf } from '../images/import/sniff.ts';
import { parseXml } from '../images/import/xml.ts';
import { parseQcow2Header } from '../storage/qcow2/qcow2-header.ts';
import { fuzz, mutated, orRefused } from './fuzz.ts';

const BLOCK = 512;
const SUM = { start: 148, end: 156 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true }));

function member(name: string, content: Buffer): Buffer {
  return Buffer.concat([tarHeader({ name, sizeBytes: content.length }, 0), content, padding(content.length)]);
}

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

it('tar archives', async () => {
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
  await fuzz(fc.tuple(mutated(sample, ['7777777777\0', 'x', 'S', 'L', 'g']), fc.boolean()), async ([bytes, isSummed]) => {
    await writeFile(file, isSummed ? resummed(bytes) : bytes);
    await using handle = await open(file, 'r');
    const members = (await orRefused(() => listTar(handle))) ?? [];
    expect(members.length).toBeLessThanOrEqual(1000);
    for (const { offset, sizeBytes, pieces } of members) {
      expect(Number.isSafeInteger(offset) && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0).toBe(true);
      if (!pieces) expect(offset + sizeBytes).toBeLessThanOrEqual(bytes.length);
    }
  });
});

it('OVF descriptors', async () => {
  const sample = `<?xml version="1.0"?><Envelope xmlns:ovf="x"><References><File ovf:href="disk.vmdk" ovf:id="f1"/></References>
<DiskSection><Disk ovf:capacity="1" ovf:diskId="d" ovf:fileRef="f1"/></DiskSection><VirtualSystem ovf:id="vm"><Name>a &amp; b</Name>
<Item><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
<vmw:Config ovf:key="firmware" ovf:value="efi"/><!-- c --><![CDATA[<x>]]></VirtualSystem></Envelope>`;
  const words = ['<!DOCTYPE x [<!ENTITY a "b">]>', '&a;', '<![CDATA[', ']]>', '<!--', '&#x110000;', '"', '<a ', '/>', '1e999'];
  await fuzz(mutated(Buffer.from(sample), words), async (bytes) => {
    const xml = await orRefused(() => parseXml(bytes.toString()));
    if (xml === null) return;
    await orRefused(() => diskReference(xml));
    const facts = await orRefused(() => factsOf(xml));
    if (facts?.memoryMiB != null) expect(Number.isSafeInteger(facts.memoryMiB) && facts.memoryMiB > 0).toBe(true);
  });
});

it('manifests of checksums, and descriptors that name other files', async () => {
  const manifest = 'SHA256(disk.vmdk)= 00ff\nSHA1(./a (1).ovf)= 00\n';
  await fuzz(mutated(Buffer.from(manifest), ['SHA3', '((', '))', '= ', '\r\n']), async (bytes) => {
    await orRefused(() => new OvaManifest(bytes.toString(), 'folder'));
  });
  const descriptor = '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 2048 FLAT "disk-flat.vmdk" 0\nparentFileNameHint="x"\n';
  await fuzz(mutated(Buffer.from(descriptor), ['RW ', '"', '/etc/passwd']), (bytes) => {
    // Pure, and asked before anything else is: it has no error to throw.
    foreignInDescriptor(bytes.toString('latin1'));
  });
});

it('headers of disks', async () => {
  const sample = Buffer.alloc(0x8800);
  Buffer.from('514649fb00000003000000000000012000000014000000100000000000100000', 'hex').copy(sample);
  sample.writeUInt32BE(104, 100);
  Buffer.from('e2792aca00000005716171636f77', 'hex').copy(sample, 104);
  sample.write('CD001', 0x8001, 'latin1');
  sample.write('ustar', 257, 'latin1');
  await fuzz(mutated(sample, ['KDMV', 'conectix', 'vhdxfile', 'BZh', '\x1f\x8b', 'QFI\xfb']), (bytes) => {
    formatOf(bytes);
    const header = parseQcow2Header(bytes);
    if (header) expect(Number.isNaN(header.virtualBytes)).toBe(false);
  });
});
