// Images from outside that boot, on the other storages.
import { importedAndPublished } from './test-image-boot.ts';
import { describeOn } from './test-storage-grounds.ts';

describeOn(['reflink', 'zfs'], importedAndPublished);
