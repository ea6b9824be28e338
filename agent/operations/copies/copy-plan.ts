// What is copied, and under which names. Used by fork, clone and capsule import.
import type { Snapshot } from '@tt/protocol';
import type { VmRecord } from '../../state/vm-record.ts';
import { type Allocation, allocatedTo } from '../capacity/capacity-check.ts';
import type { Services } from '../services.ts';
import { partsOf, type SnapshotPart } from '../snapshots/snapshot-parts.ts';

/** One VM to copy: its record at that instant. */
export interface CopySource {
  vm: VmRecord;
  hasRam: boolean;
}

/** The existing VMs of a snapshot. Throws SNAPSHOT_VM_MISSING. */
export function sourcesOf(
  services: Pick<Services, 'inventory'>,
  snapshot: Snapshot,
  vmIds?: readonly string[],
): CopySource[] {
  return partsOf(services, snapshot, vmIds).map(({ vm, part }) => sourceOf(vm, part));
}

/** A VM as in a snapshot: with the recorded spec if there is one, otherwise with its present one. */
function sourceOf(vm: VmRecord, { spec, hasRam }: SnapshotPart): CopySource {
  return { vm: spec ? { ...vm, spec } : vm, hasRam };
}

/** What these VMs promise, once they are copied. */
export function allocatedToCopies(sources: readonly CopySource[]): Allocation {
  return allocatedTo(sources.map(({ vm: { spec }, hasRam }) => ({ spec, state: hasRam ? 'creating' : 'stopped' })));
}

/** `web-1` of `shop/web-1`. */
export function shortName(vmName: string): string {
  return vmName.slice(vmName.indexOf('/') + 1);
}

/** A unique host name for a copy, RFC 1123: the ENV's name followed by its own, at most 63 characters. */
export function copyHostname(vmName: string): string {
  const label = vmName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // The end tells copies apart.
  return label.slice(-63).replace(/^-+/, '') || 'vm';
}

/** The next free `<env>/<os>-<n>` for a copy within its ENV. */
export function nextName(vmName: string, taken: ReadonlySet<string>): string {
  const base = vmName.replace(/-\d+$/, '');
  for (let number = 1; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}
