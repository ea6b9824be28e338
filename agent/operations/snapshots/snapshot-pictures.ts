// Pictures of the guests' screens for a snapshot: taken when they go on again, then shrunk and stored.
import type { RunningVm } from '../../engines/interface.ts';
import { shrinkPng } from '../../thumbnails/shrink-png.ts';
import type { Services } from '../services.ts';

/** The full screens by VM. A guest without a readable screen has none: the snapshot must not fail because of a picture. */
export type Screens = ReadonlyMap<string, Uint8Array>;

export async function takeScreens({ logger }: Pick<Services, 'logger'>, vms: readonly RunningVm[]): Promise<Screens> {
  const screens = new Map<string, Uint8Array>();
  await Promise.all(
    vms.map(async (vm) => {
      try {
        screens.set(vm.id, (await vm.screenshot()).png);
      } catch (error) {
        logger.warn({ err: error, vmId: vm.id }, 'a snapshot has no picture of this VM');
      }
    }),
  );
  return screens;
}

/** Stores them; returns the VMs that have one now. */
export async function keepScreens(
  { thumbnails, logger }: Pick<Services, 'logger' | 'thumbnails'>,
  snapshotId: string,
  screens: Screens,
): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const [vmId, png] of screens) {
    try {
      await thumbnails.write(snapshotId, vmId, shrinkPng(png));
      kept.add(vmId);
    } catch (error) {
      logger.warn({ err: error, vmId, snapshotId }, 'a snapshot has no picture of this VM');
    }
  }
  return kept;
}
