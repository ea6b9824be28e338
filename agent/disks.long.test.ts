// Disks and CDs of a real guest on the other storages, which take as long again each.
import { disksAndCds } from './test-disks.ts';
import { describeOn } from './test-storage-grounds.ts';

describeOn(['reflink', 'zfs'], disksAndCds);
