// The disk space of a host for its administrators: what there is, what may still be written, and who stores how much.
import { MOST_STORAGE_USERS, type StorageReport } from '@tt/protocol';
import { allocatedNow, quotaOf } from '../operations/capacity/capacity.ts';
import { storedMiB } from '../operations/capacity/stored-bytes.ts';
import type { Services } from '../operations/services.ts';

const MIB = 1024 * 1024;

/** What it is made of. `labs`, `images` and `inventory` know who owns something. */
export interface StorageSources
  extends Pick<
    Services,
    | 'transfers'
    | 'storage'
    | 'stored'
    | 'budget'
    | 'limits'
    | 'inventory'
    | 'reservations'
    | 'settings'
    | 'users'
    | 'teams'
    | 'images'
    | 'labs'
  > {
  diskDirectory: string;
  /** Everybody who may have sent a file, and so store something without owning anything else. */
  userNames: () => readonly string[];
}

export async function storageReport(sources: StorageSources): Promise<StorageReport> {
  const { storage, budget, limits, settings, diskDirectory } = sources;
  const [{ freeBytes, totalBytes }, usableBytes] = await Promise.all([storage.space(), budget.usableBytes()]);
  const { users, measuredAt } = usersOf(sources);
  return {
    description: storage.describe(),
    directory: diskDirectory,
    stateDirectory: settings.current.home,
    totalMiB: Math.floor(totalBytes / MIB),
    freeMiB: Math.floor(freeBytes / MIB),
    usableMiB: Math.floor(usableBytes / MIB),
    allocatedMiB: allocatedNow(sources).diskMiB,
    allocatableMiB: limits.total().diskMiB,
    measuredAt,
    users: users.slice(0, MOST_STORAGE_USERS),
    leftOut: Math.max(0, users.length - MOST_STORAGE_USERS),
  };
}

/** Who stores something, most first. */
function usersOf(sources: StorageSources): Pick<StorageReport, 'users' | 'measuredAt'> {
  const { stored, inventory, images, labs, transfers } = sources;
  // Of the others only those with files on their way: what one user stores is looked up in all records.
  const isSending = (name: string) =>
    transfers.space.storedBytes(name) > 0 || images.importer.downloads.bytesOf(name) > 0;
  const names = new Set(sources.userNames().filter(isSending));
  for (const { owner } of inventory.envs()) names.add(owner);
  for (const { owner } of images.list()) if (owner !== null) names.add(owner);
  for (const { owner } of labs.profiles()) names.add(owner);
  let measuredAt: string | null = null;
  const users = [...names].map((userName) => {
    const { measuredAt: at, ...parts } = stored.of(userName);
    measuredAt = at;
    const totalMiB = storedMiB({ ...parts, measuredAt: at });
    return { userName, ...parts, totalMiB, limitMiB: quotaOf(sources, userName).storedMiB };
  });
  return {
    users: users
      .filter(({ totalMiB }) => totalMiB > 0)
      .sort((one, other) => other.totalMiB - one.totalMiB || one.userName.localeCompare(other.userName)),
    measuredAt,
  };
}
