// Golden text of the qemu-img calls.
import { expect, it } from 'vitest';
import { createOverlayArguments, infoArguments, snapshotArguments } from './arguments.ts';

it('builds the calls of qemu-img', () => {
  const lines = [
    createOverlayArguments('/d/vm 1/disk.qcow2', '/images/a,b.qcow2', 1024),
    snapshotArguments('create', '/d/disk.qcow2', 'before'),
    snapshotArguments('apply', '/d/disk.qcow2', 'before'),
    snapshotArguments('delete', '/d/disk.qcow2', 'before'),
    infoArguments('/d/disk.qcow2'),
  ].map((args) => args.join('|'));
  expect(lines).toEqual([
    'create|-q|-f|qcow2|-F|qcow2|-b|/images/a,b.qcow2|--|/d/vm 1/disk.qcow2|1024M',
    'snapshot|-q|-c|before|--|/d/disk.qcow2',
    'snapshot|-q|-a|before|--|/d/disk.qcow2',
    'snapshot|-q|-d|before|--|/d/disk.qcow2',
    'info|-U|-f|qcow2|--output=json|--|/d/disk.qcow2',
  ]);
});
