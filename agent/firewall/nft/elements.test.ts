// Rules as set elements: elements of shared bridges are counted, and a transaction contains only the difference.
import { expect, it } from 'vitest';
import type { VmRules } from '../interface.ts';
import { ElementDiff, elementsOf, WantedElements } from './elements.ts';

function vm(address: string, changes: Partial<VmRules> = {}): VmRules {
  const place = { vmId: address, envName: 'one', bridge: 'br1', address };
  return { ...place, forwards: [], denyOutgoing: false, blacklist: [], ...changes };
}
const ssh = (hostPort: number) => ({ protocol: 'tcp' as const, hostPort, guestPort: 22 });

function held(...vms: VmRules[]): WantedElements {
  const wanted = new WantedElements();
  wanted.change([], vms.flatMap(elementsOf), new ElementDiff());
  return wanted;
}

it('adds and deletes only what differs, a bridge with its last VM', () => {
  const first = vm('10.0.0.2', { forwards: [ssh(1), ssh(2)], denyOutgoing: true });
  const wanted = held(first, vm('10.0.0.3'));
  const diff = new ElementDiff();
  const changed = vm('10.0.0.2', { forwards: [ssh(2), ssh(3)], blacklist: ['192.0.2.0/24'] });
  wanted.change(elementsOf(first), elementsOf(changed), diff);
  expect(diff.text('t', wanted)).toBe(
    `delete element inet t denied { 10.0.0.2 }
delete element inet t forwards { tcp . 1 }
add element inet t forwards { tcp . 3 : 10.0.0.2 . 22 }
add element inet t blacklist { 10.0.0.2 . 192.0.2.0/24 }
`,
  );
  const last = new ElementDiff();
  wanted.change([...elementsOf(changed), ...elementsOf(vm('10.0.0.3'))], [], last);
  expect(last.text('t', wanted)).toContain('delete element inet t bridges { "br1" }\n');
  expect([...wanted.all()]).toEqual([]);
});

it('has nothing to say for changes that cancel out, also within one diff', () => {
  const wanted = held(vm('10.0.0.2', { forwards: [ssh(1)] }));
  const diff = new ElementDiff();
  const moved = elementsOf(vm('10.0.0.3', { forwards: [ssh(1)] }));
  const here = elementsOf(vm('10.0.0.2', { forwards: [ssh(1)] }));
  wanted.change(here, moved, diff);
  const there = diff.text('t', wanted);
  expect(there).toContain('delete element inet t forwards { tcp . 1 }\n');
  expect(there).toContain('add element inet t forwards { tcp . 1 : 10.0.0.3 . 22 }\n');
  wanted.change(moved, here, diff);
  expect(diff.text('t', wanted)).toBe('');
});
