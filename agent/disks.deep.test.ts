// Disks and CDs of a real guest, on the storage that every host has; on the others: `disks.long.test.ts`.
import { disksAndCds } from './test-disks.ts';
import { describeOn } from './test-storage-grounds.ts';

describeOn(['qcow2'], disksAndCds);
