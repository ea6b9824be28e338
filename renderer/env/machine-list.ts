// In which order the table of machines shows them. Pure.
import type { Vm } from '@tt/protocol';
import { naturalOrder } from '../state/natural-order.ts';

/** What can be sorted by. Not by what is measured: rows that change places each second can't be clicked. */
export const machineColumns = ['name', 'state', 'system', 'size'] as const;
export type MachineColumn = (typeof machineColumns)[number];

export interface MachineSort {
  column: MachineColumn;
  descending: boolean;
}

export const BY_NAME: MachineSort = { column: 'name', descending: false };

export function sortVms(vms: readonly Vm[], { column, descending }: MachineSort): Vm[] {
  const sign = descending ? -1 : 1;
  return vms.toSorted((a, b) => sign * compare(a, b, column) || naturalOrder(a.name, b.name));
}

function compare(a: Vm, b: Vm, column: MachineColumn): number {
  switch (column) {
    case 'name':
      return naturalOrder(a.name, b.name);
    case 'state':
      return stateOf(a).localeCompare(stateOf(b));
    case 'system':
      return a.image.localeCompare(b.image);
    case 'size':
      return a.spec.memoryMiB - b.spec.memoryMiB || a.spec.cpuCount - b.spec.cpuCount;
  }
}

/** Running ones by how far their guests have come. */
function stateOf({ state, readiness }: Vm): string {
  if (state !== 'running' || !readiness) return state;
  return readiness.panickedAt === undefined ? `${state} ${readiness.stage}` : 'panicked';
}
