// The keys of the configuration file about what lies on disk: images, those that are kept warm, and disks of VMs.
import { z } from 'zod';
import { text } from './fields.ts';

export const imagesSchema = z
  .strictObject({
    path: text
      .optional()
      .meta({ description: 'Folder with images, one subfolder each.', defaultText: '`images` in the state folder' }),
  })
  .prefault({});

export const warmImagesSchema = z
  .strictObject({
    count: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .meta({
        description:
          'How many images are kept warm automatically: those that most VMs were made from lately. New VMs wake from them ' +
          'instead of booting. `tt image warm` warms others besides. 0: none.',
        live: true,
      }),
    diskMiB: z.int().min(1).default(8192).meta({
      description: 'The most that they may take on the disk together.',
      unit: 'MiB',
      live: true,
    }),
    memoryMiB: z.int().min(1).default(2048).meta({
      description: 'The most memory of the VM that is booted to warm one; they are warmed one after the other.',
      unit: 'MiB',
      live: true,
    }),
  })
  .prefault({});

export const storageSchema = z
  .strictObject({
    kind: z
      .enum(['auto', 'qcow2', 'reflink', 'zfs'])
      .default('auto')
      .meta({
        description:
          'How disks of VMs are stored. `qcow2` works everywhere; `reflink` needs xfs or btrfs below the state folder; `zfs` ' +
          'needs `zfsDataset`. `auto` is `zfs` if that is set, else what the existing disks use, else the ' +
          'best that the folder supports.',
      }),
    zfsDataset: text.nullable().default(null).meta({
      description: 'Mounted ZFS dataset for the disks, used only by the agent, e.g. `tank/tt`.',
      defaultText: 'none',
    }),
    zfsVolumes: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .meta({
        description:
          'Whether disks in ZFS are volumes (zvols) or files in datasets. `auto` is what the existing disks use, else ' +
          'volumes if a trial volume gets a device, else files.',
      }),
  })
  .prefault({});
