// Images from outside that boot, on the storage that every host has; on the others: `image-boot.long.test.ts`.
import { importedAndPublished } from '../testing/image-boot-scenario.ts';
import { describeOn } from '../testing/storage-fixtures.ts';

describeOn(['qcow2'], importedAndPublished);
