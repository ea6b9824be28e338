// Time travel with real guests where the storage keeps the disks of a snapshot; env-life.real.test.ts has the qcow2 way.
import { snapshotLife } from '../testing/snapshot-life-scenario.ts';

snapshotLife('reflink');
