// qemu-img passes the same contract as the fake; as root it runs as a separate user.
// @module-tag real
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeCd } from '../../cloud-init/iso9660.ts';
import { runCommand } from '../../host/run-command.ts';
import { describeImageToolContract, MAX_MIB, MIB } from './image-tool.contract.ts';
import { QemuImageTool } from './qemu-image-tool.ts';

/** Nobody's on a usual host. */
const user = process.geteuid?.() === 0 ? { uid: 2_001_000_778, gid: 2_001_000_778 } : null;

describeImageToolContract('qemu-img', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-qemu-img-'));
  await chmod(folder, 0o711);
  const qemuImg = (...args: string[]) => runCommand('qemu-img', args, { timeoutMs: 60_000 });
  const other = path.join(folder, 'other');
  await mkdir(other);
  return {
    tool: new QemuImageTool({ user, maxVirtualBytes: MAX_MIB * MIB }),
    folder,
    writeForeign: async (file, sizeMiB) => {
      await qemuImg('create', '-q', '-f', 'vmdk', file, `${sizeMiB}M`);
      return 'vmdk';
    },
    writeLeaning: async (file) => {
      await writeFile(path.join(other, 'secret'), Buffer.alloc(MIB, 'secret'));
      await qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', path.join(other, 'secret'), file);
      return 'qcow2';
    },
    writeDisk: async (file, sizeMiB) => {
      const raw = path.join(other, 'disk.raw');
      await writeFile(raw, Buffer.alloc(sizeMiB * MIB, 'data'));
      await qemuImg('convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, file);
    },
    writeOverlay: async (file, base) => {
      await qemuImg('create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, file);
    },
    writeMedium: async (file, isWhole) => {
      const files = [{ name: 'file', content: Buffer.alloc(MIB, 'data') }];
      await writeFile(file, writeCd({ volumeId: 'medium', files, date: new Date(0) }));
      if (!isWhole) await truncate(file, MIB / 2);
    },
    remove: () => rm(folder, { recursive: true }),
  };
});
