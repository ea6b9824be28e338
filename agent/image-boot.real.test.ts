// Images from outside that boot, on the storage that every host has; on the others: `image-boot.long.test.ts`.
import { importedAndPublished } from './test-image-boot.ts';
import { describeOn } from './test-storage-grounds.ts';

describeOn(['qcow2'], importedAndPublished);
