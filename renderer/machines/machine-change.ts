// What the "Change machines" dialog shows of the chosen machines and what it asks for: only what differs from what they
// have. Pure.
import { bootDiskMiB, type Host, needsStop, type Vm } from '@tt/protocol';
import type { VmChange } from './machine-changes.ts';
import { canStop } from './vm-store.ts';
import { parseDestinations } from './destination-text.ts';
import { parsePorts, portsText } from './port-request.ts';

export interface ChangeFields {
  /** null = they differ. */
  cpuCount: number | null;
  memoryMiB: number | null;
  diskMiB: number | null;
  ports: string;
  blacklist: string;
  /** null = no limit, or they differ. */
  bandwidthMbps: number | null;
}

export type FieldName = keyof ChangeFields;

/** What the machines have in common, and in which fields they differ. */
export function commonFields(vms: readonly Vm[]): { fields: ChangeFields; differing: ReadonlySet<FieldName> } {
  const differing = new Set<FieldName>();
  const common = <Value>(name: FieldName, otherwise: Value, each: (vm: Vm) => Value): Value => {
    const values = [...new Set(vms.map(each))];
    if (values.length > 1) differing.add(name);
    return values.length === 1 ? (values[0] as Value) : otherwise;
  };
  const fields: ChangeFields = {
    cpuCount: common<number | null>('cpuCount', null, ({ spec }) => spec.cpuCount),
    memoryMiB: common<number | null>('memoryMiB', null, ({ spec }) => spec.memoryMiB),
    diskMiB: common<number | null>('diskMiB', null, ({ spec }) => bootDiskMiB(spec)),
    ports: common('ports', '', ({ portMap }) => portsText(portMap)),
    blacklist: common('blacklist', '', (vm) => vm.spec.blacklist.join(', ')),
    bandwidthMbps: common<number | null>('bandwidthMbps', null, ({ nics }) => nics[0]?.bandwidthMbps ?? null),
  };
  return { fields, differing };
}

/** What the fullest host of the machines has left to allocate, in MiB; null: none of their hosts is known. */
export function freeMemory(hosts: readonly Host[], vms: readonly Vm[]): number | null {
  const theirs = hosts.filter(({ id }) => vms.some(({ hostId }) => hostId === id));
  if (theirs.length === 0) return null;
  return Math.min(...theirs.map(({ memory }) => Math.max(0, memory.totalMiB - memory.usedMiB)));
}

/** The change that was edited; null when a text in it has no meaning. Fields that say what is there already are left out. */
export function changeFrom(
  { fields, differing }: ReturnType<typeof commonFields>,
  edits: Partial<ChangeFields>,
): VmChange | null {
  const isEdited = (name: FieldName) => name in edits && (differing.has(name) || edits[name] !== fields[name]);
  const change: VmChange = {};
  for (const name of ['cpuCount', 'memoryMiB', 'diskMiB'] as const) {
    const value = edits[name];
    if (isEdited(name) && typeof value === 'number') change[name] = value;
  }
  if (isEdited('ports')) {
    const ports = parsePorts(edits.ports ?? '');
    if (ports === null) return null;
    change.ports = ports;
  }
  if (isEdited('blacklist')) {
    const blacklist = parseDestinations(edits.blacklist ?? '');
    if (blacklist === null) return null;
    change.blacklist = blacklist;
  }
  if (isEdited('bandwidthMbps')) change.bandwidthMbps = edits.bandwidthMbps ?? null;
  return change;
}

export function isEmptyChange(change: VmChange): boolean {
  return Object.keys(change).length === 0;
}

/** The machines that must be stopped for this change. */
export function mustStop(vms: readonly Vm[], change: VmChange): Vm[] {
  return vms.filter(({ state, spec }) => canStop(state) && needsStop(spec, change).length > 0);
}
