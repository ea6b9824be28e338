// Files that are dropped on the Images page: one is asked about before it is imported, several begin at once under names of their own.
import type { ReadableFile } from '@tt/client';
import { imageNameFor } from '@tt/protocol';
import type { DropItem, FileDropItem } from 'react-aria-components';
import { runIfAllowed } from '../../components/action.ts';
import type { Translate } from '../../i18n/index.ts';
import type { Stores } from '../../state/stores.ts';
import { newImageActions } from '../actions.ts';
import { freeImageName } from './free-image-name.ts';

type DropStores = Pick<Stores, 'images' | 'imports' | 'toasts' | 'view' | 'link' | 'rights'>;

/** Folders are left out: an image is one file. */
export async function filesOf(items: readonly DropItem[]): Promise<File[]> {
  const files = items.filter((item): item is FileDropItem => item.kind === 'file');
  return Promise.all(files.map((item) => item.getFile()));
}

export function takeImageFiles(stores: DropStores, files: readonly ReadableFile[], t: Translate): void {
  const { images, imports, toasts, view } = stores;
  const [first, second] = files;
  if (!first) {
    toasts.explain(t('images.imports.noFile'));
    return;
  }
  const bring = newImageActions(stores, t).import;
  const run = () => {
    if (!second) {
      view.open({ kind: 'importImage', file: first });
      return;
    }
    const isTaken = (name: string) => imports.isTaken(name) || images.isThere(name);
    for (const file of files) void imports.begin(file, { name: freeImageName(imageNameFor(file.name), isTaken) });
  };
  runIfAllowed({ ...bring, run }, (text) => toasts.explain(text));
}
