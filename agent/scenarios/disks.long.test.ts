// Disks and CDs of a real guest on the other storages, which take as long again each.
import { disksAndCds } from '../testing/disks-scenario.ts';
import { describeOn } from '../testing/storage-fixtures.ts';

describeOn(['reflink', 'zfs'], disksAndCds);
