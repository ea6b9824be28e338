// Golden text of the qemu-img calls.
import { expect, it } from 'vitest';
import {
  copyOverlayArguments,
  flattenArguments,
  repairLeaksArguments,
  resizeArguments,
  snapshotArguments,
} from './arguments.ts';

it('builds the calls of qemu-img', () => {
  const disk = 'json:{"driver":"qcow2","backing":null,"file":{"driver":"file","filename":"disk.qcow2"}}';
  const image = { path: '../i.qcow2', format: 'qcow2' } as const;
  const below = '{"driver":"qcow2","backing":null,"file":{"driver":"file","filename":"../i.qcow2"}}';
  const whole = (file: string) =>
    `json:{"driver":"qcow2","backing":${below},"file":{"driver":"file","filename":"${file}"}}`;
  const lines = [
    snapshotArguments('create', 'disk.qcow2', 'before'),
    snapshotArguments('apply', 'disk.qcow2', 'before'),
    snapshotArguments('delete', 'disk.qcow2', 'before'),
    resizeArguments('disk.qcow2', 2048),
    resizeArguments('disk.qcow2', 64, { shrink: true }),
    copyOverlayArguments('a.qcow2', 'b.qcow2', image, 'before'),
    copyOverlayArguments('disk.qcow2', 'disk.qcow2', null, null),
    flattenArguments(disk, 'qcow2', 'out.qcow2', 'before'),
    flattenArguments('/i.raw', 'raw', 'out.qcow2'),
    repairLeaksArguments('disk.qcow2'),
  ].map((args) => args.join('|'));
  expect(lines).toEqual([
    `snapshot|-q|-c|before|--|${disk}`,
    `snapshot|-q|-a|before|--|${disk}`,
    `snapshot|-q|-d|before|--|${disk}`,
    `resize|-q|--|${disk}|2048M`,
    `resize|-q|--shrink|--|${disk}|64M`,
    'convert|-q|-n|-U|-l|snapshot.name=before|-O|qcow2|-B|../i.qcow2|-F|qcow2|--|' +
      `${whole('a.qcow2')}|${whole('b.qcow2')}`,
    `convert|-q|-n|-O|qcow2|--target-is-zero|--|${disk}|${disk}`,
    `convert|-p|-U|-l|snapshot.name=before|-O|qcow2|--|${disk}|out.qcow2`,
    'convert|-p|-f|raw|-O|qcow2|--|/i.raw|out.qcow2',
    `check|-q|-r|leaks|--|${disk}`,
  ]);
});
