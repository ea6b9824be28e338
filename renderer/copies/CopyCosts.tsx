// Right of the sheet for copies: what one and all of them take, and what host and quota have left then.
import type { CopyPlan } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { CapacityBars } from '../new-env/CapacityBars.tsx';
import { whatIfOf } from '../new-env/what-if.ts';
import { useStores } from '../state/stores-context.ts';

export interface CopyCostsProps {
  /** What one copy takes; null: not known yet. */
  each: CopyPlan['each'] | null;
  count: number;
}

export const CopyCosts = observer(function CopyCosts({ each, count }: CopyCostsProps) {
  const { hosts, me } = useStores();
  const t = useWords();
  const format = useFormat();
  const host = hosts.first;
  const takes = each ?? { vmCount: 0, cpuCount: 0, memoryMiB: 0, diskMiB: 0, writtenMiB: 0 };
  const rows = [
    { name: 'vms', one: takes.vmCount, words: format.number },
    { name: 'cpuCount', one: takes.cpuCount, words: format.number },
    { name: 'memoryMiB', one: takes.memoryMiB, words: format.mebibytes },
    { name: 'diskMiB', one: takes.diskMiB, words: format.mebibytes },
    { name: 'storedMiB', one: takes.writtenMiB, words: format.mebibytes },
  ] as const;
  return (
    <section className="copy-costs what-if" aria-label={t('copies.costs')} aria-busy={each === null}>
      <table className="copy-table">
        <caption className="visually-hidden">{t('copies.costs')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('copies.costs')}</th>
            <th scope="col">{t('copies.each')}</th>
            <th scope="col">× {format.number(count)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, one, words }) => (
            <tr key={name}>
              <th scope="row">{name === 'storedMiB' ? t('copies.written') : t(`newEnv.quotaNames.${name}`)}</th>
              <td className="number">{each ? words(one) : '…'}</td>
              <td className="number">{each ? words(one * count) : '…'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{t('copies.costsHint')}</p>
      {host ? (
        <CapacityBars
          host={host}
          isAsked={each !== null}
          whatIf={whatIfOf(
            host,
            {
              envs: count,
              vms: takes.vmCount * count,
              cpuCount: takes.cpuCount * count,
              memoryMiB: takes.memoryMiB * count,
              diskMiB: takes.diskMiB * count,
              storedMiB: takes.writtenMiB * count,
            },
            me.me,
          )}
        />
      ) : (
        <p className="muted">{t('newEnv.noHost')}</p>
      )}
    </section>
  );
});
