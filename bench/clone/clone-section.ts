// Section `clone`: the disk of a VM from an image, on each storage, against the bare tool and against copying.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../../agent/host/map-limit.ts';
import type { DiskSource } from '../../agent/storage/interface.ts';
import { atLeast, atMost, type Comparison, type Goal, pair } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makePlaces, type Place, run } from './places.ts';

const LARGE_MIB = 1024;
const SMALL_MIB = 64;
/** Disks of one operation that are cloned at the same time: twice the machines that start at once (`make-vms.ts`). */
const WIDTH = 4;
const BATCH = 20;

export const cloneSection: Section = {
  name: 'clone',
  title: `disk of a VM from an image of ${LARGE_MIB} MiB, against the bare tool and a plain copy`,
  async run({ resources, folder, quick, say }) {
    const count = quick ? 3 : 15;
    const images = path.join(folder, 'images');
    await mkdir(images);
    const large = await makeImage(images, LARGE_MIB);
    const small = await makeImage(images, SMALL_MIB);
    const { places, notes } = await makePlaces(folder, resources);
    const floor = await times(count, () => run('true'));
    const copies = await times(Math.ceil(count / 3), (index) =>
      run('cp', large.path, path.join(images, `copy-${index}`)),
    );
    const comparisons: Comparison[] = [];
    for (const place of places) {
      say(`measuring ${place.name} ...`);
      comparisons.push(...(await measure(place, { large, small }, count, { floor, copies })));
    }
    return {
      comparisons,
      notes: [...notes, `starting a process takes ${pair({ min: min(floor), median: median(floor) }, 'ms')}`],
      peerCommands: [...places.map((place) => `${place.name}: ${place.bareCommand}`), 'plain copy: cp IMAGE COPY'],
    };
  },
};

async function measure(
  place: Place,
  { large, small }: { large: DiskSource; small: DiskSource },
  count: number,
  { floor, copies }: { floor: number[]; copies: number[] },
): Promise<Comparison[]> {
  const { storage, name } = place;
  await storage.init();
  for (const image of [large, small]) await storage.prepareSource(image);
  await place.prepareBare(large);
  const clone = (image: DiskSource, vmId: string) => storage.createImage(vmId, image, LARGE_MIB);
  const ours: number[] = [];
  const bare: number[] = [];
  const ofSmall: number[] = [];
  // In turns: what else the machine does hits all of them alike.
  for (let index = 0; index < count; index++) {
    ours.push(...(await times(1, () => clone(large, `large${index}`))));
    bare.push(...(await times(1, () => place.bare(large, index))));
    ofSmall.push(...(await times(1, () => clone(small, `small${index}`))));
  }
  const numbers = Array.from({ length: BATCH }, (_, index) => index);
  const inTurn = await times(1, async () => {
    for (const index of numbers) await clone(large, `turn${index}`);
  });
  const atOnce = await times(1, () => mapLimit(numbers, WIDTH, (index) => clone(large, `batch${index}`)));
  return [
    line(`${name}: one clone`, ours, bare, atMost(Number((1.5 + median(floor) / median(bare)).toFixed(2)))),
    line(`${name}: of ${LARGE_MIB} MiB against of ${SMALL_MIB} MiB`, ours, ofSmall, atMost(1.2)),
    line(`${name}: ${BATCH} at once against one by one`, atOnce, inTurn, atMost(0.6)),
    {
      ...line(`${name}: against a plain copy`, ours, copies, null),
      ratio: median(copies) / median(ours),
      goal: atLeast(20),
    },
  ];
}

/** Full of data: an image of holes would be cloned by anything. */
async function makeImage(folder: string, sizeMiB: number): Promise<DiskSource> {
  const image = { path: path.join(folder, `image-${sizeMiB}.qcow2`), format: 'qcow2' } as const;
  await run('qemu-img', 'create', '-q', '-f', 'qcow2', image.path, `${sizeMiB}M`);
  await run('qemu-io', '-f', 'qcow2', '-c', `write -P 0x5a 0 ${sizeMiB}M`, image.path);
  return image;
}

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await work(index);
    found.push(performance.now() - start);
  }
  return found;
}

function line(what: string, ours: readonly number[], peer: readonly number[], goal: Goal | null): Comparison {
  const both = (values: readonly number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  return { what, ours: both(ours), peer: both(peer), ratio: median(ours) / median(peer), goal };
}
