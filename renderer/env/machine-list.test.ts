// The order of the table of machines.
import type { Vm } from '@tt/protocol';
import { expect, test } from 'vitest';
import { machineColumns, sortVms } from './machine-list.ts';

const spec = (memoryMiB: number, cpuCount = 1) => ({ memoryMiB, cpuCount });
const at = { agentAt: null, sshAt: null };
/** What the order looks at. */
const vms = [
  { name: 'demo/a-10', image: 'qemu:b', state: 'running', readiness: { stage: 'booting', ...at }, spec: spec(256) },
  { name: 'demo/a-2', image: 'qemu:a', state: 'stopped', readiness: null, spec: spec(512) },
  { name: 'demo/a-1', image: 'qemu:b', state: 'running', readiness: { stage: 'silent', ...at }, spec: spec(256, 2) },
] as unknown as Vm[];

test('is natural by name, and by name where the rest is equal', () => {
  const order = machineColumns.map((column) => [
    column,
    sortVms(vms, { column, descending: false }).map(({ name }) => name.slice(5)),
  ]);
  expect(Object.fromEntries(order)).toEqual({
    name: ['a-1', 'a-2', 'a-10'],
    state: ['a-10', 'a-1', 'a-2'],
    system: ['a-2', 'a-1', 'a-10'],
    size: ['a-10', 'a-1', 'a-2'],
  });
});

test('descending turns it round, and changes nothing of what was given', () => {
  const before = [...vms];
  expect(sortVms(vms, { column: 'name', descending: true }).map(({ name }) => name)).toEqual([
    'demo/a-10',
    'demo/a-2',
    'demo/a-1',
  ]);
  expect(vms).toEqual(before);
});
