// What a person can do to ENVs of the bin, and to come there.
import type { Env } from '@tt/protocol';
import { ArchiveRestore, Trash2 } from 'lucide-react';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type BinActionId = 'restore' | 'purge';

/** To all of these, at least one. */
export function binActions(stores: Stores, envs: readonly Env[], t: Translate): Record<BinActionId, Action> {
  const { view, link, rights } = stores;
  const names = envs.map(({ name }) => name);
  const whyNot = (call: 'env.restore' | 'env.purge') =>
    envs.map((env) => rights.whyNotIn(env, call)).find((reason) => reason !== null) ?? link.whyNot;
  return {
    restore: {
      id: 'restore',
      label: t('bin.restore'),
      icon: ArchiveRestore,
      whyNot: whyNot('env.restore'),
      run: () => void stores.envs.restoreEnvs(names),
    },
    purge: {
      id: 'purge',
      label: t('bin.purge'),
      icon: Trash2,
      danger: true,
      whyNot: whyNot('env.purge'),
      run: () => view.open({ kind: 'purgeEnvs', names }),
    },
  };
}

/** null: nothing is in the bin, and nothing would go there. */
export function showBinAction({ envs, hosts, view }: Stores, t: Translate): Action | null {
  const count = envs.inBin.length;
  if (count === 0 && (hosts.first?.keepDeletedS ?? 0) === 0) return null;
  return {
    id: 'showBin',
    label: count === 0 ? t('bin.title') : t('bin.withCount', { count }),
    icon: Trash2,
    whyNot: null,
    run: () => view.go({ page: 'bin' }),
  };
}
