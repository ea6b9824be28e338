// Right of the sheets that compose machines: the host, and the user's quota, with what is chosen.
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { CapacityBars } from './CapacityBars.tsx';
import type { GroupsDraft } from './groups-draft.ts';

export const WhatIfPane = observer(function WhatIfPane({ draft }: { draft: GroupsDraft }) {
  const { hosts, me } = useStores();
  const t = useWords();
  const host = hosts.first;
  if (!host) {
    return (
      <section className="sheet-column" aria-label={t('newEnv.fits')}>
        <p className="muted">{t('newEnv.noHost')}</p>
      </section>
    );
  }
  const whatIf = draft.whatIf(host, me.me);
  return (
    <section
      className="sheet-column what-if"
      aria-label={t('newEnv.fits')}
      // With a quota there may be more bars than fit: a region that scrolls must be reachable by keyboard.
      {...(whatIf.quota.length > 0 ? { tabIndex: 0 } : {})}
    >
      <CapacityBars host={host} whatIf={whatIf} isAsked={draft.groups.length > 0} />
    </section>
  );
});
