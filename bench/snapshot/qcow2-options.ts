// Which qcow2 options make repeated saves fast: the same guest, saved again and again, with one thing changed each time.
import type { BenchContext } from '../section.ts';
import { type BareGuestOptions, startBareGuest } from '../create-boot/bare-guest.ts';
import type { ReadyImage } from '../../agent/images/image-service.ts';
import { saveBare, type Way } from './bare-states.ts';

export interface Variant {
  name: string;
  way: Way;
  /** Options of the disk's node in place of ours. */
  diskOptions: Record<string, unknown>;
  /** Null: safe after a power cut; else what is lost or has to be repaired. */
  danger: string | null;
}

const OURS = { 'l2-cache-size': 8 * 1024 * 1024 };

export const VARIANTS: readonly Variant[] = [
  { name: 'in the disk, QEMU’s defaults', way: 'in the disk', diskOptions: {}, danger: null },
  { name: 'in the disk, l2-cache 8M', way: 'in the disk', diskOptions: OURS, danger: null },
  {
    name: 'in the disk, l2-cache 8M, lazy-refcounts',
    way: 'in the disk',
    diskOptions: { ...OURS, 'lazy-refcounts': true },
    danger: 'the disk must be repaired after a crash',
  },
  {
    name: 'in the disk, cache.no-flush',
    way: 'in the disk',
    diskOptions: { ...OURS, cache: { 'no-flush': true } },
    danger: 'the guest’s own disk is lost',
  },
  { name: 'RAM file, flushed by QEMU', way: 'ram file, flushed by QEMU', diskOptions: OURS, danger: null },
  {
    name: 'RAM file, no-flush, fsync after the guest goes on (ours)',
    way: 'ram file',
    diskOptions: OURS,
    danger: null,
  },
];

export interface Measured {
  variant: Variant;
  pausedMs: number[];
  totalMs: number[];
}

export async function compareOptions(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
  { memoryMiB, count }: { memoryMiB: number; count: number },
): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const variant of VARIANTS) {
    const options: BareGuestOptions = {
      memoryMiB,
      changeArguments: (args) => withDiskOptions(args, variant.diskOptions),
    };
    const guest = await startBareGuest(context, image, acceleration, options);
    await guest.waitForReady();
    const measured: Measured = { variant, pausedMs: [], totalMs: [] };
    for (let round = 0; round < count; round++) {
      const { pausedMs, totalMs } = await saveBare(guest, `s${round}x`, variant.way);
      measured.pausedMs.push(pausedMs);
      measured.totalMs.push(totalMs);
    }
    await guest.destroy();
    results.push(measured);
  }
  return results;
}

/** Takes the engine's own options of the disk's node away and puts others there. */
function withDiskOptions(args: string[], diskOptions: Record<string, unknown>): string[] {
  return args.map((arg) => {
    if (!arg.startsWith('{') || !arg.includes('"node-name":"disk0"')) return arg;
    const { 'l2-cache-size': _, ...node } = JSON.parse(arg) as Record<string, unknown>;
    return JSON.stringify({ ...node, ...diskOptions });
  });
}
