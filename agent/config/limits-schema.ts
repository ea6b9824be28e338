// How much one user may have: the quotas of the configuration file, none by default, and its limits, which are never off.
import { z } from 'zod';

const limit = (what: string, unit?: string) =>
  z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .meta({ description: what, live: true, defaultText: 'no limit', ...(unit && { unit }) });

/** Per user, and never unlimited, because every window loads all records. */
const bound = (most: number, description: string, unit?: string) =>
  z
    .int()
    .min(1)
    .default(most)
    .meta({ description, live: true, ...(unit && { unit }) });

export const quotaSchema = z.strictObject({
  envs: limit('ENVs.'),
  vms: limit('VMs in all ENVs together.'),
  cpuCount: limit('Virtual processors of all running VMs together.'),
  memoryMiB: limit('Memory of all running VMs together.', 'MiB'),
  diskMiB: limit('Virtual sizes of all disks together, and what images they brought in or published take.', 'MiB'),
  storedMiB: limit(
    'What all disks, snapshots, images, versions of profiles and transferred files of the user really take on the host.',
    'MiB',
  ),
});

export const limitsSchema = z
  .strictObject({
    envs: bound(500, 'ENVs of one user.'),
    vms: bound(5000, 'VMs of one user.'),
    snapshots: bound(2000, 'Snapshots of one user; those taken before a revert are always taken.'),
    images: bound(200, 'Images one user brought in or published.'),
    labs: bound(200, 'Labs of one user.'),
    terminals: bound(2000, 'Terminals in all labs of one user together.'),
    profiles: bound(200, 'Profiles of one user.'),
    templates: bound(200, 'Templates of one user.'),
    tokens: bound(32, 'Tokens of devices of one user.'),
    textKiB: bound(16_384, 'Titles, notes, tags, scripts, templates and set-up files of one user together.', 'KiB'),
    callsInFlight: bound(256, 'Calls of one user that run at the same time; feeds do not count.'),
    connectionsPerAddress: bound(512, 'Open connections from one address.'),
  })
  .prefault({});
