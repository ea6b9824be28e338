// Bringing an ENV in from a capsule. What makes a copy of an ENV or of a snapshot is among the actions of those.
import type { ReadableFile } from '@tt/client';
import { PackagePlus } from 'lucide-react';
import type { Action } from '../../components/action.ts';
import type { Translate } from '../../i18n/index.ts';
import type { Stores } from '../../state/stores.ts';

/** `file`: what it is about from the beginning; null lets the user choose. */
export function importCapsuleAction(
  { view, link, rights }: Pick<Stores, 'view' | 'link' | 'rights'>,
  t: Translate,
  file: ReadableFile | null = null,
): Action {
  return rights.before('capsule.import', {
    id: 'importCapsule',
    label: t('copies.capsule.import'),
    icon: PackagePlus,
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'importCapsule', file }),
  });
}
