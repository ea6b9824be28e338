// Images from outside that boot, on the other storages.
import { importedAndPublished } from '../testing/image-boot-scenario.ts';
import { describeOn } from '../testing/storage-fixtures.ts';

describeOn(['reflink', 'zfs'], importedAndPublished);
