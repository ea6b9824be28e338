// Foreign disks with the real qemu-img: every format is imported bit for bit, hostile files are refused, and truncated files are
// detected.
// @module-tag real
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { ImageImporter } from './import/importer.ts';
import type { DiskFormat } from './tool/interface.ts';
import { QemuImageTool } from './tool/qemu-image-tool.ts';

const MIB = 1024 * 1024;
const isRoot = process.getuid?.() === 0;
/** Nobody's on a usual host: what qemu-img runs as here. */
const user = isRoot ? { uid: 2_001_000_777, gid: 2_001_000_777 } : null;

let folder: string;
let raw: string;
let importer: ImageImporter;
const tool = new QemuImageTool({ user });
const quiet = { signal: new AbortController().signal, onProgress: () => {} };

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 60_000, cwd: folder });
const inside = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-formats-'));
  await runCommand('chmod', ['711', folder], { timeoutMs: 5_000 });
  raw = inside('disk.raw');
  const bytes = Buffer.alloc(6 * MIB);
  randomBytes(2 * MIB).copy(bytes, MIB);
  bytes.writeUInt16LE(0xaa55, 510);
  await writeFile(raw, bytes);
  importer = new ImageImporter({ directory: inside('images'), downloadDirectory: inside('downloads'), tool, user });
});
afterAll(() => rm(folder, { recursive: true }));

async function bring(
  file: string,
  format: DiskFormat | null = null,
): Promise<{ virtualSizeMiB: number; same: boolean }> {
  const request = { source: { kind: 'file', path: inside(file) } as const, checksum: null, format };
  return importer.import(request, quiet, async (imported) => {
    if (imported.kind !== 'disk') throw new Error('a medium came out');
    const compare = ['compare', '-f', 'raw', '-F', 'qcow2', raw, imported.file];
    const { exitCode } = await runCommand('qemu-img', compare, { timeoutMs: 60_000, okExitCodes: [0, 1] });
    expect((await stat(imported.file)).uid).toBe(process.getuid?.());
    return { virtualSizeMiB: imported.virtualSizeMiB, same: exitCode === 0 };
  });
}

async function makeOva(
  name: string,
  disk: string,
  change: (ovf: string) => string = (ovf) => ovf,
  format = 'ustar',
): Promise<void> {
  const ovf = change(`<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="r" xmlns:vmw="v">
  <References><File ovf:id="file1" ovf:href="${disk}"/></References>
  <DiskSection><Info/><Disk ovf:diskId="vmdisk1" ovf:capacity="6" ovf:fileRef="file1"/></DiskSection>
  <VirtualSystem ovf:id="box"><Name>A box &amp; more</Name>
    <VirtualHardwareSection>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
      <vmw:Config vmw:key="firmware" vmw:value="efi"/>
    </VirtualHardwareSection></VirtualSystem>
</Envelope>`);
  await writeFile(inside('box.ovf'), ovf);
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(inside(file)))
      .digest('hex');
  await writeFile(
    inside('box.mf'),
    `SHA256(box.ovf)= ${await digest('box.ovf')}\nSHA256(${disk})= ${await digest(disk)}\n`,
  );
  await run('tar', `--format=${format}`, '-cf', name, 'box.ovf', 'box.mf', disk);
}

describe('a disk', () => {
  it.each<[string, string[]]>([
    ['qcow2', []],
    ['vmdk', ['-o', 'subformat=monolithicSparse']],
    ['vmdk', ['-o', 'subformat=streamOptimized']],
    ['vdi', []],
    ['vhdx', []],
  ])('as %s %j comes in bit for bit', async (format, options) => {
    await run('qemu-img', 'convert', '-f', 'raw', '-O', format, ...options, 'disk.raw', `disk.${format}`);
    expect(await bring(`disk.${format}`)).toEqual({ virtualSizeMiB: 6, same: true });
  });

  it('as raw, packed by xz and by gzip, and in an .ova comes in bit for bit', async () => {
    expect(await bring('disk.raw')).toEqual({ virtualSizeMiB: 6, same: true });
    await run('xz', '-k', '-1', 'disk.raw');
    expect(await bring('disk.raw.xz')).toEqual({ virtualSizeMiB: 6, same: true });
    await run('gzip', '-k', '-1', 'disk.raw');
    expect(await bring('disk.raw.gz')).toEqual({ virtualSizeMiB: 6, same: true });
    await run(
      'qemu-img',
      'convert',
      '-f',
      'raw',
      '-O',
      'vmdk',
      '-o',
      'subformat=streamOptimized',
      'disk.raw',
      'box.vmdk',
    );
    await makeOva('box.ova', 'box.vmdk');
    expect(await bring('box.ova')).toEqual({ virtualSizeMiB: 6, same: true });
    const machine = await importer.import(
      { source: { kind: 'file', path: inside('box.ova') }, checksum: null, format: null },
      quiet,
      async (imported) => (imported.kind === 'disk' ? imported.machine : null),
    );
    expect(machine).toEqual({ firmware: 'uefi', memoryMiB: 512, title: 'A box & more' });
  });
});

describe('an archive as others make it', () => {
  const pack = (...args: string[]) => run('tar', ...args);
  const vmdk = ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', 'disk.raw'];
  const whole = { virtualSizeMiB: 6, same: true };

  it('with names that begin with ./, in a folder, long, with blanks, or with what macOS keeps beside each', async () => {
    await run('qemu-img', 'convert', ...vmdk, 'box.vmdk');
    await makeOva('plain.ova', 'box.vmdk');
    await pack('--format=ustar', '-cf', 'dots.ova', './box.ovf', './box.mf', './box.vmdk');
    expect(await bring('dots.ova')).toEqual(whole);
    await mkdir(inside('export'));
    await run('cp', 'box.ovf', 'box.mf', 'box.vmdk', 'export');
    await pack('--format=ustar', '-cf', 'folder.ova', 'export');
    expect(await bring('folder.ova')).toEqual(whole);
    await writeFile(inside('._box.ovf'), 'of macOS');
    await pack('--format=ustar', '-cf', 'mac.ova', '._box.ovf', 'box.ovf', 'box.mf', 'box.vmdk');
    expect(await bring('mac.ova')).toEqual(whole);
    for (const [format, name] of [
      ['gnu', `${'a-product-name-'.repeat(10)}disk1.vmdk`],
      ['pax', `${'a-product-name-'.repeat(10)}disk1.vmdk`],
      ['ustar', 'My VM-disk#1.vmdk'],
    ] as const) {
      await run('cp', 'box.vmdk', name);
      await makeOva('named.ova', name, (ovf) => ovf.replace(name, encodeURIComponent(name)), format);
      expect(await bring('named.ova')).toEqual(whole);
    }
  });

  it('with one disk image and no descriptor: of Vagrant, of Google’s cloud, with holes', async () => {
    await run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'box.img');
    await writeFile(inside('metadata.json'), '{"provider":"libvirt"}');
    await writeFile(inside('Vagrantfile'), '');
    await pack('-czf', 'libvirt.box', 'metadata.json', 'Vagrantfile', 'box.img');
    expect(await bring('libvirt.box')).toEqual(whole);
    // Without a partition table: nothing in it says that it is a disk.
    await run('cp', 'disk.raw', 'plain.raw');
    await run('dd', 'if=/dev/zero', 'of=plain.raw', 'bs=1', 'seek=510', 'count=2', 'conv=notrunc');
    await pack('--format=oldgnu', '-Sczf', 'disk.raw.tar.gz', 'plain.raw');
    expect(await bring('disk.raw.tar.gz')).toEqual({ virtualSizeMiB: 6, same: false });
    await pack('--format=oldgnu', '-Scf', 'holes.tar', 'disk.raw');
    expect(await bring('holes.tar')).toEqual(whole);
    await pack('-cf', 'two.tar', 'box.img', 'disk.raw');
    await expect(bring('two.tar')).rejects.toMatchObject({
      data: { reason: { code: 'ovaDisks', data: { disks: 2 } } },
    });
    await pack('-cf', 'none.tar', 'metadata.json');
    await expect(bring('none.tar')).rejects.toMatchObject({ data: { reason: { code: 'ovaNoDescriptor' } } });
  });

  it('has its manifest kept to, whatever names and digests it uses', async () => {
    const sealed = async (mf: string, ...members: string[]) => {
      await writeFile(inside('box.mf'), mf);
      await pack(
        '--format=ustar',
        '-cf',
        'sealed.ova',
        ...(members.length > 0 ? members : ['box.ovf', 'box.mf', 'box.vmdk']),
      );
      return bring('sealed.ova');
    };
    const digest = async (algorithm: string, file: string) =>
      createHash(algorithm)
        .update(await readFile(inside(file)))
        .digest('hex');
    const line = async (name: string, algorithm: string, file: string) =>
      `${name}(${file})= ${await digest(algorithm, file)}\n`;
    await makeOva('plain.ova', 'box.vmdk');
    const ovf = await line('SHA256', 'sha256', 'box.ovf');
    expect(await sealed(ovf + (await line('SHA2-512', 'sha512', 'box.vmdk')))).toEqual(whole);
    expect(
      await sealed(`${await line('SHA1', 'sha1', 'box.ovf')}\r\n${await line('SHA384', 'sha384', 'box.vmdk')}`),
    ).toEqual(whole);
    const wrong = `SHA256(box.ovf)= ${'0'.repeat(64)}\nSHA256(box.vmdk)= ${'0'.repeat(64)}\n`;
    const dotted = ['./box.ovf', './box.mf', './box.vmdk'];
    await expect(sealed(wrong, ...dotted)).rejects.toMatchObject({ code: 'IMAGE_CHECKSUM_WRONG' });
    const wrongDisk = `${ovf}SHA256(box.vmdk)= ${'0'.repeat(64)}\n`;
    await expect(sealed(wrongDisk, ...dotted)).rejects.toMatchObject({ code: 'IMAGE_CHECKSUM_WRONG' });
    const why = (code: string) => ({ code: 'IMAGE_REFUSED', data: { reason: { code } } });
    await expect(sealed(ovf)).rejects.toMatchObject(why('manifestLacks'));
    await expect(sealed(`${ovf}CRC32(box.vmdk)= 01234567\n`)).rejects.toMatchObject(why('manifestAlgorithm'));
    await expect(sealed(`${ovf}box.vmdk 0123\n`)).rejects.toMatchObject(why('manifestLine'));
    const twice = ['--hard-dereference', 'box.ovf', 'box.vmdk', './box.vmdk'];
    await expect(sealed('', ...twice)).rejects.toMatchObject(why('fileTwice'));
  });
});

it('a fixed VHD is known by its footer, and a raw disk that only ends like one is not', async () => {
  await run(
    'qemu-img',
    'convert',
    '-f',
    'raw',
    '-O',
    'vpc',
    '-o',
    'subformat=fixed,force_size=on',
    'disk.raw',
    'fixed.vhd',
  );
  expect(await bring('fixed.vhd')).toEqual({ virtualSizeMiB: 6, same: true });
  await run('qemu-img', 'convert', '-f', 'raw', '-O', 'vpc', '-o', 'force_size=on', 'disk.raw', 'dynamic.vhd');
  expect(await bring('dynamic.vhd')).toEqual({ virtualSizeMiB: 6, same: true });
  const bytes = await readFile(inside('disk.raw'));
  bytes.write('conectix', bytes.length - 512, 'latin1');
  await writeFile(inside('like.raw'), bytes);
  expect(await bring('like.raw')).toEqual({ virtualSizeMiB: 6, same: false });
});

describe('a hostile file', () => {
  const refused = (message: string | RegExp) =>
    expect.objectContaining({
      code: 'IMAGE_REFUSED',
      message: expect.stringMatching(message),
    });

  it('that names others of the host is refused before qemu-img sees it', async () => {
    await writeFile(inside('secret.raw'), Buffer.alloc(MIB, 'secret'));
    await run('qemu-img', 'create', '-f', 'qcow2', '-b', inside('secret.raw'), '-F', 'raw', 'backed.qcow2');
    await expect(bring('backed.qcow2')).rejects.toEqual(refused('secret.raw'));
    await run('qemu-img', 'create', '-f', 'qcow2', '-o', `data_file=${inside('data.raw')}`, 'split.qcow2', '1M');
    await expect(bring('split.qcow2')).rejects.toEqual(refused('in other files'));
    await run('qemu-img', 'convert', '-O', 'vmdk', '-o', 'subformat=monolithicFlat', 'disk.raw', 'flat.vmdk');
    await expect(bring('flat.vmdk')).rejects.toEqual(refused('in other files'));
    // A sparse disk of capacity 0: QEMU would open the extents its descriptor names.
    const disguised = Buffer.alloc(4096);
    disguised.write('KDMV', 0, 'latin1');
    disguised.writeBigUInt64LE(1n, 28);
    disguised.writeBigUInt64LE(2n, 36);
    disguised.write(`# Disk DescriptorFile\nRW 2048 FLAT "${inside('secret.raw')}" 0\n`, 512);
    await writeFile(inside('disguised.vmdk'), disguised);
    await expect(bring('disguised.vmdk')).rejects.toEqual(refused('in other files'));
  });

  it('in an .ova that is not what its manifest says, or holds a document type, is refused', async () => {
    await makeOva('entity.ova', 'box.vmdk', (ovf) => ovf.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>'));
    await expect(bring('entity.ova')).rejects.toEqual(refused('document type'));
    await makeOva('two.ova', 'box.vmdk', (ovf) =>
      ovf.replace('</DiskSection>', '<Disk fileRef="file2"/></DiskSection>'),
    );
    await expect(bring('two.ova')).rejects.toEqual(refused('2 disks'));
    await makeOva('changed.ova', 'box.vmdk');
    const ova = await readFile(inside('changed.ova'));
    ova.writeUInt8(ova.readUInt8(ova.length - (3 * MIB) / 2) ^ 1, ova.length - (3 * MIB) / 2);
    await writeFile(inside('changed.ova'), ova);
    await expect(bring('changed.ova')).rejects.toEqual(expect.objectContaining({ code: 'IMAGE_CHECKSUM_WRONG' }));
    await truncate(inside('box.ova'), 700_000);
    await expect(bring('box.ova')).rejects.toEqual(refused('cut'));
  });

  it('can’t make qemu-img read what is not its user’s, nor write more than it may', async () => {
    const small = new QemuImageTool({ user, maxVirtualBytes: 4 * MIB });
    await mkdir(inside('job'));
    await run('cp', 'disk.raw', 'job/source');
    const names = { source: 'source', target: 'out' };
    const job = { folder: inside('job'), ...names, format: 'raw', maxBytes: 64 * MIB } as const;
    await expect(small.convert(job, quiet)).rejects.toEqual(refused('the limit is'));
    await writeFile(inside('job/source'), 'no qcow2 at all');
    await expect(tool.convert({ ...job, format: 'vhdx' }, quiet)).rejects.toEqual(
      expect.objectContaining({ code: 'IMAGE_CONVERT_FAILED' }),
    );
  });
});

it('a qcow2 and an ISO that were cut are told from whole ones', async () => {
  await run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'whole.qcow2');
  const { size } = await stat(inside('whole.qcow2'));
  expect(await tool.lookAtDisk(inside('whole.qcow2'))).toEqual({
    virtualBytes: 6 * MIB,
    // Of 6 MiB with holes.
    dataBytes: expect.any(Number),
    missing: null,
    needsOthers: null,
  });
  for (const part of [0.05, 0.3, 0.6, 0.9]) {
    await run('cp', 'whole.qcow2', 'cut.qcow2');
    await truncate(inside('cut.qcow2'), Math.floor(size * part));
    expect([part, (await tool.lookAtDisk(inside('cut.qcow2'))).missing]).toEqual([
      part,
      expect.objectContaining({ code: expect.stringMatching(/^(tooShort|cut)$/) }),
    ]);
  }
  await mkdir(inside('cd'));
  await writeFile(inside('cd/file'), randomBytes(MIB));
  await run('xorriso', '-as', 'mkisofs', '-quiet', '-o', 'net.iso', 'cd');
  expect(await tool.lookAtMedium(inside('net.iso'))).toBeNull();
  await truncate(inside('net.iso'), MIB);
  expect(await tool.lookAtMedium(inside('net.iso'))).toMatchObject({ code: 'tooShort', data: { sizeBytes: MIB } });
});
