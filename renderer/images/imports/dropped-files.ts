// Files that are dropped on the window, beside what takes files into a guest: a capsule is asked about on every page, all others are images or refused.
import type { ReadableFile } from '@tt/client';
import type { DropItem } from 'react-aria-components';
import { runIfAllowed } from '../../components/action.ts';
import type { Translate } from '../../i18n/index.ts';
import { type DropStores, filesOf, importInBackground, takeImageFiles } from './drop-images.ts';
import { importCapsuleAction } from './import-capsule-action.ts';

export async function dropFiles(stores: DropStores, items: readonly DropItem[], t: Translate): Promise<void> {
  await takeDropped(stores, await filesOf(items), t);
}

/** There is one dialog: beside a capsule images begin without a question, and a second capsule is left out by name. */
export async function takeDropped(stores: DropStores, files: readonly ReadableFile[], t: Translate): Promise<void> {
  const { toasts, view } = stores;
  const [capsule, ...capsules] = files.filter(isCapsule);
  if (!capsule) {
    if (view.route.page === 'images') takeImageFiles(stores, files, t);
    else await importInBackground(stores, files, t);
    return;
  }
  const others = files.filter((file) => !isCapsule(file));
  if (others.length > 0) await importInBackground(stores, others, t);
  const explain = (text: string) => toasts.explain(text);
  runIfAllowed(importCapsuleAction(stores, t, capsule), explain);
  for (const { name } of capsules) explain(t('shell.openOneByOne', { file: name }));
}

/** By its name: it is packed as an image may be, so its beginning does not tell. */
function isCapsule({ name }: ReadableFile): boolean {
  return name.toLowerCase().endsWith('.tt-capsule');
}
