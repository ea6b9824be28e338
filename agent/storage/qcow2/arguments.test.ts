// Golden text of the qemu-img calls.
import { expect, it } from 'vitest';
import { createOverlayArguments, infoArguments, resizeArguments, snapshotArguments } from './arguments.ts';

it('builds the calls of qemu-img', () => {
  const disk = 'json:{"driver":"qcow2","backing":null,"file":{"driver":"file","filename":"/d/disk.qcow2"}}';
  const lines = [
    createOverlayArguments('/d/vm 1/disk.qcow2', '/images/a,b.qcow2', 1024),
    snapshotArguments('create', '/d/disk.qcow2', 'before'),
    snapshotArguments('apply', '/d/disk.qcow2', 'before'),
    snapshotArguments('delete', '/d/disk.qcow2', 'before'),
    resizeArguments('/d/disk.qcow2', 2048),
    infoArguments('/d/disk.qcow2'),
  ].map((args) => args.join('|'));
  expect(lines).toEqual([
    'create|-q|-f|qcow2|-F|qcow2|-b|/images/a,b.qcow2|--|/d/vm 1/disk.qcow2|1024M',
    `snapshot|-q|-c|before|--|${disk}`,
    `snapshot|-q|-a|before|--|${disk}`,
    `snapshot|-q|-d|before|--|${disk}`,
    `resize|-q|--|${disk}|2048M`,
    `info|-U|--output=json|--|${disk}`,
  ]);
});
