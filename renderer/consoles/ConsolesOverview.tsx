// All consoles at a glance: every machine that has a screen, by ENV, with its latest picture.
import { Monitor } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { vmStateWord } from '../machines/vm-condition.ts';
import { watchWhileSeen } from '../machines/watch-while-seen.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import './consoles.css';

export const ConsolesOverview = observer(function ConsolesOverview() {
  const { envs, vms, rights } = useStores();
  const t = useWords();
  const whyNot = rights.whyNot('console.open');
  const shown = whyNot === null ? envs.all : [];
  const groups = shown
    .map(({ name, title }) => ({
      envName: name,
      title: title || name,
      vmIds: vms
        .ofEnv(name)
        .filter(({ features }) => features.includes('vnc'))
        .map(({ id }) => id),
    }))
    .filter(({ vmIds }) => vmIds.length > 0);
  return (
    <section className="consoles-overview" aria-labelledby="consoles-title">
      <h1 id="consoles-title">{t('consoles.title')}</h1>
      {groups.length === 0 ? (
        <EmptyState icon={Monitor} title={t(whyNot === null ? 'consoles.empty' : `common.whyNot.${whyNot}`)}>
          {whyNot === null && <p>{t('consoles.emptyHint')}</p>}
        </EmptyState>
      ) : (
        <p className="consoles-lead">
          {t('consoles.overviewLead')} <a href={formatRoute({ page: 'panes' })}>{t('panes.title')}</a>{' '}
          <a href={formatRoute({ page: 'player' })}>{t('recordings.player')}</a>
        </p>
      )}
      <ConsoleGroups groups={groups} />
    </section>
  );
});

interface ConsoleGroup {
  envName: string;
  title: string;
  vmIds: readonly string[];
}

/** ENVs with more machines are drawn in pieces of so many, each with the ENV's name for the ear. */
const PIECE = 20;

/** Of many ENVs those in sight; of an ENV with many machines the pieces in sight. */
function ConsoleGroups({ groups }: { groups: readonly ConsoleGroup[] }) {
  const pieces = groups.flatMap(({ envName, title, vmIds }) =>
    Array.from({ length: Math.ceil(vmIds.length / PIECE) }, (_, index) => ({
      key: `${envName} ${index}`,
      title,
      isFirst: index === 0,
      vmIds: vmIds.slice(index * PIECE, (index + 1) * PIECE),
    })),
  );
  const count = groups.reduce((sum, { vmIds }) => sum + vmIds.length, 0);
  return (
    <Rows items={pieces} count={count} keyOf={({ key }) => key} height={200} className="console-groups" role="none">
      {({ key, title, isFirst, vmIds }, place) => (
        <section key={key} {...place} aria-label={title}>
          {isFirst && <h2>{title}</h2>}
          <ul className="console-tiles" data-more={!isFirst || undefined}>
            {vmIds.map((vmId) => (
              <li key={vmId}>
                <ConsoleTile vmId={vmId} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Rows>
  );
}

const ConsoleTile = observer(function ConsoleTile({ vmId }: { vmId: string }) {
  const { thumbnails, vms } = useStores();
  const t = useWords();
  const frame = useRef<HTMLAnchorElement>(null);
  useEffect(() => watchWhileSeen(frame.current, () => thumbnails.watch(vmId)), [thumbnails, vmId]);
  const known = vms.get(vmId);
  if (!known) return null;
  const vm = shortVmName(known.name);
  const picture = thumbnails.of(vmId);
  const isOfNow = (known.state === 'running' || known.state === 'paused') && picture?.isOld !== true;
  return (
    <a ref={frame} className="console-tile" href={formatRoute({ page: 'console', envName: known.envName, vmId })}>
      <span className="console-tile-screen">
        {picture ? (
          <img src={picture.url} alt="" data-last={!isOfNow || undefined} />
        ) : (
          <Monitor aria-hidden className="console-picture" />
        )}
      </span>
      <span className="console-tile-foot">
        <span className="console-tile-name">{vm}</span>
        <span className="console-tile-state">{vmStateWord(known, t)}</span>
      </span>
    </a>
  );
});
