// Images that are dropped on the window, beside what takes files into a guest. On the Images page one is asked about before it is
// imported, several begin at once under names of their own; on any other page all begin at once. What is no image is refused by name.
import type { ReadableFile } from '@tt/client';
import { formatOf, IMAGE_HEAD_BYTES, IMAGE_TAIL_BYTES, imageNameFor, isFixedVhd } from '@tt/protocol';
import type { DropItem, FileDropItem } from 'react-aria-components';
import { runIfAllowed } from '../../components/action.ts';
import type { Translate } from '../../i18n/index.ts';
import type { Stores } from '../../state/stores.ts';
import { newImageActions } from '../actions.ts';
import { freeImageName } from './free-image-name.ts';

export type DropStores = Pick<Stores, 'images' | 'imports' | 'toasts' | 'view' | 'link' | 'rights'>;

/** Folders are left out: an image is one file. */
export async function filesOf(items: readonly DropItem[]): Promise<File[]> {
  const files = items.filter((item): item is FileDropItem => item.kind === 'file');
  return Promise.all(files.map((item) => item.getFile()));
}

export function takeImageFiles(stores: DropStores, files: readonly ReadableFile[], t: Translate): void {
  const { toasts, view } = stores;
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
    beginAll(stores, files);
  };
  runIfAllowed({ ...bring, run }, (text) => toasts.explain(text));
}

/** Says what begins, with the way to where it can be seen. */
export async function importInBackground(
  stores: DropStores,
  files: readonly ReadableFile[],
  t: Translate,
): Promise<void> {
  const { toasts, view } = stores;
  if (files.length === 0) {
    toasts.explain(t('images.imports.noFile'));
    return;
  }
  const found = await Promise.all(files.map(async (file) => ({ file, is: await looksLike(file) })));
  for (const { file, is } of found) {
    if (is !== 'image') toasts.say(t(refusals[is], { file: file.name }), { tone: 'info', seconds: 15 });
  }
  const images = found.filter(({ is }) => is === 'image').map(({ file }) => file);
  if (images.length === 0) return;
  const run = () => {
    const names = beginAll(stores, images);
    const said = { count: images.length, file: images[0]?.name ?? '', image: names[0] ?? '' };
    const show = () => view.go({ page: 'images' });
    toasts.say(t('images.imports.begun', said), {
      action: { label: t('images.imports.show'), run: show },
      seconds: 10,
    });
  };
  runIfAllowed({ ...newImageActions(stores, t).import, run }, (text) => toasts.explain(text));
}

const refusals = {
  other: 'images.imports.notImage',
  unreadable: 'images.imports.unreadable',
} as const;

/** Under names that nothing has yet; the answer is these. */
function beginAll({ images, imports }: DropStores, files: readonly ReadableFile[]): string[] {
  const isTaken = (name: string) => imports.isTaken(name) || images.isThere(name);
  return files.map((file) => {
    const name = freeImageName(imageNameFor(file.name), isTaken);
    void imports.begin(file, { name });
    return name;
  });
}

/** By its bytes, as the agent does; so that nothing is sent for hours only to be refused. */
async function looksLike(file: ReadableFile): Promise<'image' | keyof typeof refusals> {
  const part = async (start: number, end: number) => new Uint8Array(await file.slice(start, end).arrayBuffer());
  try {
    if (formatOf(await part(0, Math.min(file.size, IMAGE_HEAD_BYTES)))) return 'image';
    return isFixedVhd(await part(Math.max(0, file.size - IMAGE_TAIL_BYTES), file.size)) ? 'image' : 'other';
  } catch {
    return 'unreadable';
  }
}
