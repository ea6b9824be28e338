// The bin: ENVs that were deleted and are kept for a while, with what brings each of them back.
import type { Env } from '@tt/protocol';
import { Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { binActions } from '../env/bin-actions.ts';
import { TeamBadge } from '../env/TeamBadge.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const BinPage = observer(function BinPage() {
  const stores = useStores();
  const { envs, view } = stores;
  const t = useWords();
  const { inBin } = envs;
  const back = <Button onPress={() => view.go({ page: 'envs' })}>{t('envs.backToBoard')}</Button>;
  if (inBin.length === 0) {
    return (
      <section className="page" aria-label={t('bin.title')}>
        <EmptyState isPage icon={Trash2} title={t('bin.empty')}>
          <p className="muted">{t('bin.emptyText')}</p>
          {back}
        </EmptyState>
      </section>
    );
  }
  // Those of others are for their owners: emptying the bin means one’s own.
  const own = inBin.filter((env) => !stores.me.isOthers(env));
  return (
    <section className="page" aria-label={t('bin.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('bin.title')}</h1>
        <span className="spacer" />
        {own.length > 0 && <ActionButton action={{ ...binActions(stores, own, t).purge, label: t('bin.emptyNow') }} />}
        {back}
      </div>
      <p className="muted">{t('bin.text')}</p>
      <Rows items={inBin} keyOf={({ name }) => name} height={48} label={t('bin.title')}>
        {(env, place) => <BinRow key={env.name} name={env.name} place={place} />}
      </Rows>
    </section>
  );
});

const BinRow = observer(function BinRow({ name, place }: { name: string; place: RowPlace }) {
  const { envs } = useStores();
  const env = envs.getDeleted(name);
  return env ? <Kept env={env} place={place} /> : null;
});

const Kept = observer(function Kept({ env, place }: { env: Env; place: RowPlace }) {
  const stores = useStores();
  const t = useWords();
  const format = useFormat();
  const can = binActions(stores, [env], t);
  const isBusy = stores.operations.runningFor({ envName: env.name }).length > 0;
  const facts = [
    env.title,
    env.owner,
    t('envs.machines', { count: env.vmIds.length }),
    t('envs.deleteSnapshots', { count: stores.snapshots.ofEnv(env.name).length }),
    env.bin ? t('bin.deletedAt', { time: format.time(env.bin.deletedAt) }) : '',
  ];
  return (
    <li className="rows-item" {...place}>
      <div className="rows-main">
        <span>
          <strong className="mono">{env.name}</strong> <TeamBadge env={env} />
        </span>
        <span className="muted">{facts.filter((fact) => fact !== '').join(' · ')}</span>
      </div>
      {env.bin && <TimeInBin keptUntil={env.bin.keptUntil} />}
      <ActionButton
        size="small"
        action={can.restore}
        isBusy={isBusy}
        aria-label={t('bin.restoreLong', { env: env.name })}
      />
      <ActionButton size="small" kind="quiet" action={can.purge} aria-label={t('bin.purgeLong', { env: env.name })} />
    </li>
  );
});

const TimeInBin = observer(function TimeInBin({ keptUntil }: { keptUntil: string }) {
  const { clock } = useStores();
  const t = useWords();
  const format = useFormat();
  return (
    <span className="muted number">
      {t('bin.keptFor', { time: format.duration(Date.parse(keptUntil) - clock.now) })}
    </span>
  );
});
