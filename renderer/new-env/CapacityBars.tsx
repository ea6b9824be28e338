// A host, and the user's quota, as bars that fill up with what is wanted; what does not fit is red, with the amount.
import type { Host } from '@tt/protocol';
import type { ReactNode } from 'react';
import { MeterBar } from '../components/MeterBar.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { quotaFormat } from '../people/quota-names.ts';
import type { WhatIf, WhatIfBar } from './what-if.ts';

export interface CapacityBarsProps {
  host: Host;
  whatIf: WhatIf;
  /** Something is wanted. */
  isAsked: boolean;
  /** What else there is to say, before the legend. */
  children?: ReactNode;
}

export function CapacityBars({ host, whatIf, isAsked, children }: CapacityBarsProps) {
  const t = useWords();
  const format = useFormat();
  const { memory, disk, cpu, quota, fits } = whatIf;
  const allocated = (cpu.used + cpu.wanted) / Math.max(host.cpu.total, 1);
  const crowded = cpu.wanted > 0 && cpu.over === 0 && allocated > 1;
  return (
    <>
      <h3>
        {t('newEnv.fits')} <span className="muted mono ellipsis">{host.name}</span>
      </h3>
      <Bar name={t('newEnv.memoryBar')} bar={memory} format={format.mebibytes} />
      <Bar name={t('newEnv.diskBar')} bar={disk} format={format.mebibytes} />
      <Bar
        name={t('newEnv.cpuBar')}
        bar={cpu}
        format={format.number}
        warning={crowded ? t('newEnv.cpuOver', { times: Math.ceil(allocated * 10) / 10 }) : null}
      />
      {quota.length > 0 && (
        <>
          <h3>{t('newEnv.quota')}</h3>
          {quota.map(({ name, bar }) => (
            <Bar
              key={name}
              name={t(`newEnv.quotaNames.${name}`)}
              bar={bar}
              format={quotaFormat(name, format)}
              isShort
            />
          ))}
        </>
      )}
      {isAsked && fits && <StateLabel mark="done" word={t('newEnv.fitsYes')} />}
      {children}
      <dl className="legend">
        <dt className="legend-used" />
        <dd>{t('newEnv.used')}</dd>
        <dt className="legend-wanted" />
        <dd>{t('newEnv.wanted')}</dd>
      </dl>
    </>
  );
}

interface BarProps {
  name: string;
  bar: WhatIfBar;
  format: (value: number) => string;
  /** It fits, but. */
  warning?: string | null;
  /** Says nothing below itself while all fits. */
  isShort?: boolean;
}

function Bar({ name, bar, format, warning = null, isShort = false }: BarProps) {
  const t = useWords();
  const { total, used, wanted, over } = bar;
  const words =
    over > 0
      ? t('newEnv.over', { amount: format(over) })
      : (warning ?? t('newEnv.free', { amount: format(total - used - wanted) }));
  return (
    <div className="what-if-bar" data-tone={over > 0 ? 'danger' : warning === null ? 'normal' : 'warning'}>
      <div className="what-if-words">
        <span>{name}</span>
        <span className="number muted">
          {format(used)} + {format(wanted)} / {format(total)}
        </span>
      </div>
      <MeterBar label={`${name}: ${words}`} total={total} used={used} wanted={wanted} />
      {(!isShort || over > 0) && <span className="what-if-result number">{words}</span>}
    </div>
  );
}
