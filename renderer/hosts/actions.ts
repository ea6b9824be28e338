// What an administrator can do to a host.
import { Shield } from 'lucide-react';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

/** Shows the rules of its firewall; null for those who may not see them. */
export function firewallAction({ me, view, link }: Stores, t: Translate): Action | null {
  if (!me.isAdmin) return null;
  return {
    id: 'firewall',
    label: t('hosts.firewallShow'),
    icon: Shield,
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'firewall' }),
  };
}
