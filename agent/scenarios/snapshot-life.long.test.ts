// Time travel with real guests on the other storages, which take as long again each.
import { snapshotLife } from '../testing/snapshot-life-scenario.ts';

snapshotLife('qcow2');
snapshotLife('zfs');
