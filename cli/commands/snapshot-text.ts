// Text output of snapshots: a table, one with its VMs, the tree, the result of a revert, the storage used.
import { type Snapshot, termText, type TtClient } from '@tt/protocol';
import { duration, size, table } from '../output.ts';
import { namedSnapshot, snapshotLabel } from '../snapshot-name.ts';

type RevertResult = Awaited<ReturnType<TtClient['snapshot']['revert']>>;
type EnvSnapshotUsage = Awaited<ReturnType<TtClient['snapshot']['usage']>>;

export function snapshotTable(snapshots: readonly Snapshot[]): string {
  const rows = snapshots.map((snapshot) => [
    namedSnapshot(snapshot.name),
    snapshot.kind === 'user' ? snapshot.scope : snapshot.kind,
    String(snapshot.vms.length),
    size(snapshot.sizeBytes),
    snapshot.createdAt,
    expiryText(snapshot),
    snapshot.title,
    snapshot.notes?.split('\n')[0] ?? (snapshot.leftOut?.includes('notes') ? 'long, see tt snapshot show' : ''),
  ]);
  return table(['NAME', 'SCOPE', 'VMS', 'RAM', 'TAKEN', 'EXPIRES IN', 'TITLE', 'NOTES'], rows);
}

function expiryText({ expiresAt }: Snapshot): string {
  return expiresAt === null ? '-' : duration(Date.parse(expiresAt) - Date.now());
}

export function snapshotDetail(snapshot: Snapshot): string {
  const head = [
    `${namedSnapshot(snapshot.name)}: ${snapshot.kind} snapshot of ${snapshot.envName}${snapshot.title && `, ${snapshot.title}`}`,
    `taken ${snapshot.createdAt}, paused for ${snapshot.pausedMs} ms, starts within ${snapshot.skewMs} ms`,
    snapshot.expiresAt === null ? 'kept until the ENV is deleted' : `deleted at ${snapshot.expiresAt}`,
    ...(snapshot.notes ? [snapshot.notes] : []),
  ];
  const rows = snapshot.vms.map(({ vmName, hasRam, vmStateBytes, removed, spec }) => [
    vmName,
    removed ? 'deleted' : hasRam ? size(vmStateBytes) : 'disk only',
    spec ? String(spec.cpuCount) : '-',
    spec ? String(spec.memoryMiB) : '-',
    spec ? spec.disks.map(({ name, sizeMiB }) => `${name}=${sizeMiB}`).join(' ') : '-',
  ]);
  return `${head.join('\n')}\n${table(['VM', 'RAM', 'CPU', 'MEM', 'DISKS'], rows)}`;
}

export interface TreeNode {
  id: string;
  name: string;
  kind: Snapshot['kind'];
  createdAt: string;
  children: TreeNode[];
}

export function treeOf(snapshots: readonly Snapshot[], parentId: string | null = null): TreeNode[] {
  return snapshots
    .filter((snapshot) => snapshot.parentId === parentId)
    .map(({ id, name, kind, createdAt }) => ({ id, name, kind, createdAt, children: treeOf(snapshots, id) }));
}

/** `├─ ` and the like, as tree(1) draws; `*` is where the ENV stands. */
export function snapshotTree(snapshots: readonly Snapshot[], currentSnapshotId: string | null): string {
  const lines = (nodes: readonly TreeNode[], indent: string): string[] =>
    nodes.flatMap((node, index) => {
      const isLast = index === nodes.length - 1;
      const mark = node.id === currentSnapshotId ? ' *' : '';
      const kind = node.kind === 'user' ? '' : ` (${node.kind})`;
      return [
        `${indent}${isLast ? '└─ ' : '├─ '}${snapshotLabel(node.name) === null ? `${node.name}${kind}` : namedSnapshot(node.name)}${mark}\n`,
        ...lines(node.children, indent + (isLast ? '   ' : '│  ')),
      ];
    });
  return lines(treeOf(snapshots), '').join('');
}

export function revertedText(envName: string, name: string, { safetySnapshotName, vms }: RevertResult): string {
  const undo = safetySnapshotName ? `; undo with: tt snapshot undo ${envName}` : '';
  const anew = vms.filter(({ restarted }) => restarted).map(({ vmName }) => vmName);
  return [
    `${envName} was reverted to ${namedSnapshot(name)}${undo}\n`,
    ...(anew.length > 0 ? [`restarted, because they had another size or other disks: ${anew.join(', ')}\n`] : []),
  ].join('');
}

export function usageText({ vms, snapshots }: EnvSnapshotUsage): string {
  const rows = snapshots.map(({ name, ramBytes, diskBytes, children, forks, vms: parts }) => [
    namedSnapshot(name),
    size(ramBytes),
    size(diskBytes),
    children.map(namedSnapshot).join(', ') || '-',
    forks.join(',') || '-',
    parts
      .flatMap(({ vmName, missing }) => missing.map((part) => `${vmName}: ${termText('snapshotPart', part)}`))
      .join('; ') || '-',
  ]);
  const machines = vms.map(({ vmName, usedBytes }) => [vmName, size(usedBytes)]);
  return `${table(['SNAPSHOT', 'RAM', 'DISK', 'CHILDREN', 'FORKS', 'MISSING'], rows)}\n${table(['VM', 'STORAGE USED'], machines)}`;
}
