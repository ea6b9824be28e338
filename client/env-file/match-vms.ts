// Pure: which VM of an ENV is which of a file. VMs have no name in the file, only a system: of all VMs of a system, a group gets those
// that need the fewest changes to be as it says.
import { type EnvFileGroup, type Image, imagesForPrefix, matchesOsPrefix, parseImageName, type Vm } from '@tt/protocol';
import type { Planned } from './plan-step.ts';
import { vmSteps } from './vm-steps.ts';

/** The image of a VM that was created with an empty disk. */
const NO_IMAGE = '';

export interface Match {
  /** What each VM is to become, in the order of the VMs. */
  kept: { vm: Vm; group: EnvFileGroup; steps: Planned[] }[];
  /** What is not there yet. */
  missing: { group: EnvFileGroup; image: string; copies: number }[];
  /** What no group wants. */
  surplus: Vm[];
  /** Groups whose system is none that the server has. */
  unknown: EnvFileGroup[];
}

/** A group and one of its images. */
interface Place {
  group: EnvFileGroup;
  image: string;
  /** VMs it still wants. */
  free: number;
  /** Whether more VMs of this image can be added. */
  canGrow: boolean;
}

export function matchVms(groups: readonly EnvFileGroup[], vms: readonly Vm[], images: readonly Image[]): Match {
  const ofEnv = [...new Set(vms.map(({ image }) => image))];
  const placesOf = groups.map((group) => ({ group, places: placesFor(group, ofEnv, images) }));
  const places = placesOf.flatMap((one) => one.places);
  const candidates = vms.flatMap((vm) =>
    places.filter(({ image }) => image === vm.image).map((place) => candidate(vm, place)),
  );
  const kept = new Map<string, Match['kept'][number]>();
  // Stable: of equal candidates the first VM, and the first group.
  for (const { vm, place, steps } of candidates.toSorted((a, b) => a.cost - b.cost)) {
    if (kept.has(vm.id) || place.free === 0) continue;
    place.free--;
    kept.set(vm.id, { vm, group: place.group, steps });
  }
  return {
    kept: vms.flatMap((vm) => kept.get(vm.id) ?? []),
    missing: places.flatMap(({ group, image, free, canGrow }) =>
      canGrow && free > 0 ? [{ group, image, copies: free }] : [],
    ),
    surplus: vms.filter(({ id }) => !kept.has(id)),
    unknown: placesOf.filter((one) => one.places.length === 0).map(({ group }) => group),
  };
}

/** More than any VM can differ in: what can’t be done at all is the last choice. */
const IMPOSSIBLE = 1000;

function candidate(vm: Vm, place: Place) {
  const steps = vmSteps(vm, place.group);
  const cost = steps.reduce((sum, { step }) => sum + step.changes.length + (step.refused ? IMPOSSIBLE : 0), 0);
  return { vm, place, steps, cost };
}

function placesFor(group: EnvFileGroup, ofEnv: readonly string[], images: readonly Image[]): Place[] {
  const { osPrefix, engine, copies } = group;
  if (osPrefix === undefined) return [{ group, image: NO_IMAGE, free: copies, canGrow: true }];
  const found = imagesForPrefix(
    images.filter((image) => engine === undefined || image.engine === engine),
    osPrefix,
  ).map(({ name }) => name);
  const wanted = found.map((image) => ({ group, image, free: copies, canGrow: true }));
  if (found.includes(osPrefix)) return wanted;
  // Images that the server has no more, or that failed since: their VMs are still meant by the prefix.
  const meant = ofEnv.filter((image) => !found.includes(image) && means(osPrefix, engine, image));
  const left = meant.includes(osPrefix) ? [osPrefix] : meant;
  return [...wanted, ...left.map((image) => ({ group, image, free: copies, canGrow: false }))];
}

function means(osPrefix: string, engine: string | undefined, image: string): boolean {
  return matchesOsPrefix(image, osPrefix) && (engine === undefined || parseImageName(image)?.engine === engine);
}
