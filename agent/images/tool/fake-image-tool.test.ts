// The fake image tool passes the same contract as qemu-img.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFakeDisk } from '../../storage/fake-disk.ts';
import { describeImageToolContract, MAX_MIB, MIB } from './image-tool.contract.ts';
import { FakeImageTool } from './fake-image-tool.ts';

describeImageToolContract('fake', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-fake-tool-'));
  return {
    tool: new FakeImageTool({ maxVirtualBytes: MAX_MIB * MIB }),
    folder,
    writeForeign: async (file, sizeMiB) => {
      await writeFile(file, `disk of ${sizeMiB} MiB`);
      return 'vmdk';
    },
    writeLeaning: async (file) => {
      await writeFile(file, 'disk of 6 MiB, backing:/etc/shadow');
      return 'vmdk';
    },
    writeDisk: async (file, sizeMiB) => writeFakeDisk(file, { sizeMiB, files: {}, snapshots: [] }),
    writeOverlay: async (file, backing) => writeFakeDisk(file, { sizeMiB: 4, files: {}, snapshots: [], backing }),
    writeMedium: (file, isWhole) => writeFile(file, isWhole ? 'all of it' : 'half of it'),
    remove: () => rm(folder, { recursive: true }),
  };
});
