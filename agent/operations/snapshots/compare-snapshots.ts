// What differs between two snapshots of an ENV. Nothing of the guests is read: the storage compares where their blocks lie, so it takes
// the time of reading tables, and machines that were deleted since are left out.
import {
  differingPlain,
  type MachineSpec,
  MOST_COMPARED_VMS,
  type Snapshot,
  type SnapshotComparison,
} from '@tt/protocol';
import { mapLimit } from '../../host/map-limit.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Uncounted } from '../../storage/interface.ts';
import { snapshotFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import type { SnapshotPart } from './snapshot-parts.ts';

type ComparedVm = SnapshotComparison['vms'][number];
type Where = ComparedVm['in'];
/** By disk; null: one of the snapshots is damaged. */
type Changed = ReadonlyMap<string, number | Uncounted> | null;

/** Machines at a time: each may read a few files. */
const WIDTH = 2;

export interface ComparisonRequest {
  envName: string;
  name: string;
  otherName: string;
}

/** Throws ENV_NOT_FOUND and SNAPSHOT_NOT_FOUND; SNAPSHOT_FAILED when the storage fails otherwise than by a lost snapshot. */
export async function compareSnapshots(
  services: Pick<Services, 'inventory' | 'storage'>,
  { envName, name, otherName }: ComparisonRequest,
): Promise<SnapshotComparison> {
  const { inventory } = services;
  const before = inventory.snapshot(inventory.env(envName).name, name);
  const after = inventory.snapshot(envName, otherName);
  const pairs = pairsOf(before, after);
  const compared = pairs.slice(0, MOST_COMPARED_VMS);
  const vms = await mapLimit(compared, WIDTH, (pair) => compareVm(services, before, after, pair));
  return { before: shown(before), after: shown(after), vms, leftOutVms: pairs.length - compared.length };
}

function shown({ id, name, createdAt }: Snapshot): SnapshotComparison['before'] {
  return { id, name, createdAt };
}

interface Pair {
  before: SnapshotPart | undefined;
  after: SnapshotPart | undefined;
}

/** In the order of the first, then what only the other has. */
function pairsOf(before: Snapshot, after: Snapshot): Pair[] {
  const [here, there] = [before, after].map(
    ({ vms }) => new Map(vms.filter(({ removed }) => !removed).map((part) => [part.vmId, part])),
  ) as [Map<string, SnapshotPart>, Map<string, SnapshotPart>];
  const both = new Set([...here.keys(), ...there.keys()]);
  return [...both].map((vmId) => ({ before: here.get(vmId), after: there.get(vmId) }));
}

async function compareVm(
  services: Pick<Services, 'storage'>,
  before: Snapshot,
  after: Snapshot,
  pair: Pair,
): Promise<ComparedVm> {
  const part = pair.before ?? pair.after;
  if (!part) throw new Error('a pair has at least one part');
  const { vmId, vmName } = part;
  const changed =
    pair.before && pair.after
      ? await changedBytes(services, vmId, before, after).catch(async (error: unknown) => {
          throw await snapshotFailure(services, after.name, vmName, error);
        })
      : new Map<string, number | Uncounted>();
  return {
    vmId,
    vmName,
    in: whereOf(pair.before !== undefined, pair.after !== undefined),
    beforeRamBytes: ramBytes(pair.before),
    afterRamBytes: ramBytes(pair.after),
    disks: disksOf(pair, changed),
    changes: pair.before?.spec && pair.after?.spec ? changesBetween(pair.before.spec, pair.after.spec) : null,
  };
}

/** Of a snapshot that is damaged nothing can be told (null); that it is damaged, `snapshot.usage` says. */
async function changedBytes(
  { storage }: Pick<Services, 'storage'>,
  vmId: string,
  before: Snapshot,
  after: Snapshot,
): Promise<Changed> {
  try {
    return await storage.changedBytes(vmId, before.id, after.id);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'SNAPSHOT_NOT_FOUND') return null;
    throw error;
  }
}

function whereOf(isBefore: boolean, isAfter: boolean): Where {
  if (isBefore && isAfter) return 'both';
  return isBefore ? 'before' : 'after';
}

function ramBytes(part: SnapshotPart | undefined): number | null {
  return part?.hasRam ? part.vmStateBytes : null;
}

/** As far as they were recorded, otherwise as the storage knows them. */
function disksOf({ before, after }: Pair, changed: Changed): ComparedVm['disks'] {
  const [here, there] = [before, after].map(
    (part) => new Map((part?.spec?.disks ?? []).map(({ name, sizeMiB }) => [name, sizeMiB])),
  ) as [Map<string, number>, Map<string, number>];
  const isIn = (part: SnapshotPart | undefined, sizes: Map<string, number>, name: string) =>
    part !== undefined && (part.spec === null ? changed?.has(name) === true : sizes.has(name));
  return [...new Set([...here.keys(), ...there.keys(), ...(changed?.keys() ?? [])])].map((name) => {
    const inside = whereOf(isIn(before, here, name), isIn(after, there, name));
    return {
      name,
      in: inside,
      beforeMiB: here.get(name) ?? null,
      afterMiB: there.get(name) ?? null,
      ...(inside === 'both' ? countOf(changed?.get(name) ?? 'damaged') : { changedBytes: null }),
    };
  });
}

function countOf(changed: number | Uncounted): Pick<ComparedVm['disks'][number], 'changedBytes' | 'uncounted'> {
  return typeof changed === 'number' ? { changedBytes: changed } : { changedBytes: null, uncounted: changed };
}

/** Exported for its test. */
export function changesBetween(before: MachineSpec, after: MachineSpec): NonNullable<ComparedVm['changes']> {
  const plain = differingPlain(before, after).map((name) => ({
    property: name,
    before: String(before[name]),
    after: String(after[name]),
  }));
  const lists = Object.entries(listed).map(([property, text]) => ({
    property,
    before: text(before),
    after: text(after),
  }));
  return [...plain, ...lists.filter((change) => change.before !== change.after)];
}

/** What is a list, as one line; the keys are terms. */
const listed: Readonly<Record<string, (spec: MachineSpec) => string>> = {
  media: ({ cds }) => cds.map(({ name, medium }) => `${name}: ${medium ?? '-'}`).join(', '),
  ports: ({ ports }) => ports.map(({ protocol, guestPort }) => `${guestPort}/${protocol}`).join(', '),
  blacklist: ({ blacklist }) => blacklist.join(', '),
  bandwidth: ({ nics }) =>
    nics.map(({ bandwidthMbps }) => (bandwidthMbps === null ? '-' : `${bandwidthMbps} Mbit/s`)).join(', '),
};
