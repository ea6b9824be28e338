// Bringing an ENV in from a capsule. What makes a copy of an ENV or of a snapshot is among the actions of those.
import { PackagePlus } from 'lucide-react';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export function importCapsuleAction({ view, link, rights }: Stores, t: Translate): Action {
  return rights.before('capsule.import', {
    id: 'importCapsule',
    label: t('copies.capsule.import'),
    icon: PackagePlus,
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'importCapsule', file: null }),
  });
}
