// What is said of one machine in two snapshots.
import { termText } from '@tt/protocol';
import { expect, test } from 'vitest';
import { formatFor } from '../i18n/format.ts';
import { translate } from '../i18n/index.ts';
import { changeLines } from './compared-lines.ts';

const MIB = 1024 * 1024;
const format = formatFor('en', translate);
/** Those that say that nothing has changed begin with `=`. */
const linesOf = (vm: Partial<Parameters<typeof changeLines>[0]>) =>
  changeLines(
    {
      vmId: 'v1',
      vmName: 'demo/web-1',
      in: 'both',
      beforeRamBytes: 64 * MIB,
      afterRamBytes: 64 * MIB,
      disks: [],
      changes: [],
      ...vm,
    },
    { before: 'clean', after: 'broken' },
    (table, code) => termText(table, code),
    translate,
    format,
  ).map(({ text, isSame }) => (isSame ? `= ${text}` : text));

test('what changed of its disks, memory and configuration', () => {
  expect(
    linesOf({
      afterRamBytes: null,
      disks: [
        { name: 'disk0', in: 'both', beforeMiB: 64, afterMiB: 128, changedBytes: 3 * MIB },
        { name: 'disk1', in: 'both', beforeMiB: 16, afterMiB: 16, changedBytes: 0 },
        { name: 'disk2', in: 'both', beforeMiB: 16, afterMiB: 16, changedBytes: null },
        { name: 'disk5', in: 'both', beforeMiB: 16, afterMiB: 16, changedBytes: null, uncounted: 'remade' },
        { name: 'disk3', in: 'after', beforeMiB: null, afterMiB: 16, changedBytes: null },
        { name: 'disk4', in: 'before', beforeMiB: 16, afterMiB: null, changedBytes: null },
      ],
      changes: [
        { property: 'memoryMiB', before: '128', after: '2048' },
        { property: 'firmware', before: 'bios', after: 'a-newer-one' },
        { property: 'ports', before: '', after: '80/tcp' },
      ],
    }),
  ).toEqual([
    'Saved memory: 64 MiB → none',
    'disk0: 3 MiB differ',
    'disk0: 64 MiB → 128 MiB',
    '= disk1: no difference',
    'disk2: the storage cannot tell',
    'disk5: not known, the disk was removed and made anew',
    'disk3: only in the second',
    'disk4: only in the first',
    'The memory size: 128 MiB → 2 GiB',
    'The firmware: BIOS → a-newer-one',
    'The forwarded ports: – → 80/tcp',
  ]);
});

test('what is not known is said to be so, and what is in one only as well', () => {
  expect(linesOf({ changes: null })).toEqual(['= Saved memory: 64 MiB', 'Configuration not recorded']);
  expect(linesOf({})).toEqual(['= Saved memory: 64 MiB', '= Same configuration']);
  expect([linesOf({ in: 'before' }), linesOf({ in: 'after' })]).toEqual([
    ['Not in “broken”: only in the first'],
    ['Not in “clean”: only in the second'],
  ]);
});
