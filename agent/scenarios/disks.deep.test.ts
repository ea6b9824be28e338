// Disks and CDs of a real guest, on the storage that every host has; on the others: `disks.long.test.ts`.
import { disksAndCds } from '../testing/disks-scenario.ts';
import { describeOn } from '../testing/storage-fixtures.ts';

describeOn(['qcow2'], disksAndCds);
