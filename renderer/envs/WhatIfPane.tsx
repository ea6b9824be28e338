// Right of the New ENV sheet: each host as bars filling up; what does not fit is red and says by how much.
import { observer } from 'mobx-react-lite';
import { MeterBar } from '../components/MeterBar.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { NewEnvDraft } from './new-env-draft.ts';
import type { WhatIfBar } from './what-if.ts';

export const WhatIfPane = observer(function WhatIfPane({ draft }: { draft: NewEnvDraft }) {
  const { hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const host = hosts.first;
  if (!host) {
    return (
      <section className="sheet-column" aria-label={t('newEnv.fits')}>
        <p className="muted">{t('newEnv.noHost')}</p>
      </section>
    );
  }
  const { memory, disk, cpu, fits } = draft.whatIf(host);
  return (
    <section className="sheet-column what-if" aria-label={t('newEnv.fits')}>
      <h3>
        {t('newEnv.fits')} <span className="muted mono ellipsis">{host.name}</span>
      </h3>
      <Bar name={t('newEnv.memoryBar')} bar={memory} format={format.mebibytes} />
      <Bar name={t('newEnv.diskBar')} bar={disk} format={format.mebibytes} />
      <Bar name={t('newEnv.cpuBar')} bar={cpu} format={format.number} soft />
      {draft.groups.length > 0 && fits && <StateLabel mark="done" word={t('newEnv.fitsYes')} />}
      <dl className="legend">
        <dt className="legend-used" />
        <dd>{t('newEnv.used')}</dd>
        <dt className="legend-wanted" />
        <dd>{t('newEnv.wanted')}</dd>
      </dl>
    </section>
  );
});

interface BarProps {
  name: string;
  bar: WhatIfBar;
  format: (value: number) => string;
  /** May be promised more than once: too much is said, not refused. */
  soft?: boolean;
}

function Bar({ name, bar, format, soft = false }: BarProps) {
  const t = useWords();
  const { total, used, wanted, over } = bar;
  const words =
    over > 0 && soft
      ? t('newEnv.cpuOver', { times: Math.ceil(((used + wanted) / Math.max(total, 1)) * 10) / 10 })
      : over > 0
        ? t('newEnv.over', { amount: format(over) })
        : t('newEnv.free', { amount: format(total - used - wanted) });
  const tone = over > 0 ? (soft ? 'warning' : 'danger') : 'normal';
  return (
    <div className="what-if-bar" data-tone={tone}>
      <div className="what-if-words">
        <span>{name}</span>
        <span className="number muted">
          {format(used)} + {format(wanted)} / {format(total)}
        </span>
      </div>
      <MeterBar label={`${name}: ${words}`} total={total} used={used} wanted={wanted} />
      <span className="what-if-result number">{words}</span>
    </div>
  );
}
