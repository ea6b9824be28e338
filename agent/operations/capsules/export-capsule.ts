// Packs a snapshot of an ENV, or the ENV as it is, into one file for its owner to download: disks as standalone images, RAM,
// machine specs, notes and pictures. The ENV is locked meanwhile, its guests keep running.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  CAPSULE_VERSION,
  RECORDED_CAPSULE_VERSION,
  type CapsuleManifest,
  type MachineKind,
  type Snapshot,
  type Transfer,
  TtError,
} from '@tt/protocol';
import { packCapsule } from '../../capsules/capsule-writer.ts';
import type { BudgetedWrite } from '../../storage/budgeted-write.ts';
import type { PackingDownload } from '../../transfers/interface.ts';
import type { Caller } from '../caller.ts';
import { type CopySource, sourcesOf } from '../copies/copy-plan.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { withTemporary } from '../snapshots/temporary-snapshot.ts';
import { holdingEnvOfSnapshot } from '../targets.ts';
import { capsuleFailure } from './capsule-failure.ts';
import { gatherRecordings, takeRecordings, type TakenRecordings } from './gather-recordings.ts';
import { gatherVm } from './gather-vm.ts';
import type { RamWork } from './packed-ram.ts';

const MIB = 1024 * 1024;

type ExportRequest = Omit<InputOf<'capsule.export'>, 'recordings' | 'keptRecordings'> & { recordings: TakenRecordings };

export const exportCapsuleOperation = defineOperation({
  kind: 'capsule.export',
  ...holdingEnvOfSnapshot,
  subject: ({ name: envName }, { snapshotName }) => ({ envName, ...(snapshotName !== undefined && { snapshotName }) }),
  cancellable: true,
  async run({ services, input, caller, operation }) {
    const { envName, snapshotName, transferId } = input;
    const download = await services.transfers.pack(transferId, caller);
    try {
      // Before the guests are paused for a file that can't be.
      await using recordings = await takeRecordings(services, input, caller);
      const pack = (snapshot: Snapshot) =>
        exportSnapshot(services, { ...input, recordings }, snapshot, download, caller, operation);
      if (snapshotName === undefined) return await withTemporary(services, envName, undefined, operation, pack);
      return await pack(services.inventory.snapshot(envName, snapshotName));
    } catch (error) {
      // Whoever fetches it already must not take what came for all of it.
      await download.fail(operation.signal.aborted ? operation.signal.reason : error);
      throw error;
    }
  },
});

async function exportSnapshot(
  services: Services,
  request: ExportRequest,
  snapshot: Snapshot,
  download: PackingDownload,
  caller: Caller,
  context: OperationContext,
): Promise<{ transfer: Transfer; manifest: CapsuleManifest }> {
  const sources = sourcesOf(services, snapshot);
  const wantedBytes = await estimate(services, snapshot, sources, request.recordings);
  await services.transfers.space.admitBytes(caller.name, wantedBytes);
  const folder = services.transfers.draft();
  const growth = {
    owner: caller.name,
    subject: request.envName,
    // First beside the disks, then with the transfers.
    folders: [...sources.slice(0, 1).map(({ vm }) => services.storage.folderOf(vm.id)), path.dirname(folder)],
    wantedBytes,
    measured: [folder, download.path],
    signal: context.signal,
  };
  return services.budget.write(growth, (write) =>
    packInto(services, request, { snapshot, sources, folder, write }, download, context),
  );
}

interface Packing {
  snapshot: Snapshot;
  sources: readonly CopySource[];
  /** Of its members, until they are in. */
  folder: string;
  write: BudgetedWrite;
}

async function packInto(
  services: Services,
  request: ExportRequest,
  { snapshot, sources, folder, write }: Packing,
  download: PackingDownload,
  context: OperationContext,
): Promise<{ transfer: Transfer; manifest: CapsuleManifest }> {
  const { signal } = write;
  await mkdir(folder, { mode: 0o700 });
  try {
    const members: string[] = [];
    const machines = sources.map(({ vm }) => machineOf(services, vm));
    const [machine] = machines;
    if (!machine) throw new TtError('SNAPSHOT_EMPTY', { envName: request.envName });
    const vms: CapsuleManifest['vms'] = [];
    for (const [index, source] of sources.entries()) {
      context.step('copyingVms', { done: index, total: sources.length });
      try {
        const onStaging = (staging: string) => write.alsoMeasure(staging);
        const onPacking: RamWork['onProgress'] = (progress) => context.step('packingMemory', progress);
        const place = { folder, prefix: `vm${index}`, signal, onStaging, onPacking };
        const gathered = await gatherVm(services, place, source, snapshot, request.withRam);
        members.push(...gathered.members);
        const own = machines[index];
        vms.push(own === undefined || isDeepStrictEqual(own, machine) ? gathered.vm : { ...gathered.vm, machine: own });
      } catch (error) {
        throw await capsuleFailure(services, request.envName, source.vm.name, error);
      }
      services.checkpoint('gathered');
    }
    const recordings = await gatherRecordings(request.recordings, folder, signal);
    members.push(...recordings.map(({ file }) => file));
    const about = aboutOf(services, request, snapshot, { machine, vms, recordings });
    const { owner } = services.inventory.env(request.envName);
    const packed = await packCapsule(folder, members, about, download.path, {
      seal: (whole) => services.capsuleSeal.make(whole, owner),
      signal,
      onBytes: (done, total) =>
        context.step('packing', { done: Math.floor(done / MIB), total: Math.ceil(total / MIB) }),
      onSize: (bytes) => download.begin(bytes),
      onWritten: (bytes) => download.grown(bytes),
    });
    services.checkpoint('packed');
    context.noReturn();
    context.signal.throwIfAborted();
    const fileName = `${request.envName}${request.snapshotName === undefined ? '' : `-${request.snapshotName}`}.tt-capsule`;
    const { sizeBytes, sha256, manifest } = packed;
    const transfer = await download.finish({ fileName, sizeBytes, sha256 });
    await request.recordings.useUp();
    return { transfer, manifest };
  } catch (error) {
    throw await capsuleFailure(services, request.envName, '', error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the memory of a VM loads into. */
function machineOf({ engines }: Pick<Services, 'engines'>, vm: CopySource['vm']): MachineKind {
  const engine = engines.forVm(vm);
  return { engine: engine.name, ...engine.machine };
}

/** At most what disks and RAM take on the host, twice for the largest moment. */
async function estimate(
  { storage }: Pick<Services, 'storage'>,
  snapshot: Snapshot,
  sources: readonly CopySource[],
  recordings: Pick<TakenRecordings, 'sizeBytes'>,
): Promise<number> {
  let bytes = snapshot.sizeBytes + recordings.sizeBytes;
  for (const { vm } of sources) bytes += await storage.usedBytes(vm.id);
  return bytes;
}

function aboutOf(
  services: Pick<Services, 'now' | 'inventory'>,
  { envName, snapshotName }: ExportRequest,
  snapshot: Snapshot,
  {
    machine,
    vms,
    recordings,
  }: Pick<CapsuleManifest, 'machine' | 'vms'> & { recordings: NonNullable<CapsuleManifest['recordings']> },
): Omit<CapsuleManifest, 'members'> {
  const env = services.inventory.env(envName);
  return {
    format: 'tt-capsule',
    version: recordings.length > 0 ? RECORDED_CAPSULE_VERSION : CAPSULE_VERSION,
    createdAt: services.now().toISOString(),
    createdBy: 'TT',
    takenAt: snapshot.createdAt,
    machine,
    tag: snapshot.id,
    env: {
      name: env.name,
      title: env.title,
      notes: snapshot.notes || env.notes,
      tags: env.tags,
      denyOutgoing: env.denyOutgoing,
      networks: env.networks.map(({ kind, cidr }) => ({ kind, cidr })),
    },
    snapshotName: snapshotName ?? null,
    vms,
    ...(recordings.length > 0 && { recordings }),
  };
}
