// Texts of a capsule stay in the lines that `tt` gives them.
import { reason } from '@tt/protocol';
import { expect, it } from 'vitest';
import { type Inside, manifestLines } from './capsule-text.ts';

const inside = (env: object, more: Partial<Inside> = {}): Inside => ({
  manifest: {
    env: { name: 'demo', title: '', notes: '', ...env },
    takenAt: '2026-11-21T10:00:00.000Z',
    machine: { engine: 'qemu', type: 'pc', cpu: 'max' },
    vms: [{ name: 'web', image: 'qemu:tiny:default', disks: [{}], ram: 'vm0/ram.flat' }],
  } as unknown as Inside['manifest'],
  ramProblem: null,
  madeHere: true,
  ...more,
});

it('says what is in a capsule, a line for each', () => {
  expect(manifestLines(inside({ title: 'Shop', notes: 'Two\nlines' }))).toBe(
    [
      'env:      demo (Shop)',
      'taken:    2026-11-21T10:00:00.000Z',
      'made on:  qemu, pc, max',
      'memory:   yes',
      'vm:       web, qemu:tiny:default, 1 disks',
      'notes:    Two',
      '          lines',
      '',
    ].join('\n'),
  );
});

it('lets no text of a capsule write a line of its own', () => {
  const forged = '\nmemory:   no\u001b[2K\r';
  const ramProblem = reason('otherProcessor', { there: `max${forged}`, here: 'max' });
  const lines = manifestLines(inside({ title: forged, notes: `a${forged}` }, { ramProblem })).split('\n');
  expect(lines.filter((line) => line.startsWith('memory:'))).toEqual([expect.stringContaining('yes, but')]);
  expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  expect(lines).toHaveLength(8);
});
