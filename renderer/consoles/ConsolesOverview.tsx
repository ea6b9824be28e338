// All consoles at a glance: every machine that has a screen, by ENV, with its latest picture.
import { Clapperboard, Columns2, Monitor } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { vmMarks } from '../components/marks.ts';
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
    <section className="page consoles-overview" aria-labelledby="consoles-title">
      <div className="page-bar">
        <h1 id="consoles-title" className="page-title">
          {t('consoles.title')}
        </h1>
        {groups.length > 0 && <span className="muted">{t('consoles.overviewLead')}</span>}
        <span className="spacer" />
        <a className="button" href={formatRoute({ page: 'panes' })}>
          <Columns2 aria-hidden className="icon" />
          {t('panes.title')}
        </a>
        <a className="button" href={formatRoute({ page: 'player' })}>
          <Clapperboard aria-hidden className="icon" />
          {t('recordings.player')}
        </a>
      </div>
      {groups.length === 0 ? (
        <EmptyState icon={Monitor} title={t(whyNot === null ? 'consoles.empty' : `common.whyNot.${whyNot}`)}>
          {whyNot === null && <p>{t('consoles.emptyHint')}</p>}
        </EmptyState>
      ) : (
        <ConsoleGroups groups={groups} />
      )}
    </section>
  );
});

interface ConsoleGroup {
  envName: string;
  title: string;
  vmIds: readonly string[];
}

/** So many machines at least are drawn together; an ENV with many more is drawn in pieces. */
const PIECE = 20;

/** Part of an ENV, or all of it; each with the ENV's name for the ear. */
interface ConsolePart extends ConsoleGroup {
  isFirst: boolean;
}

/** Small ENVs share a line of the page: most have one machine. Of many, what is in sight is drawn. */
function ConsoleGroups({ groups }: { groups: readonly ConsoleGroup[] }) {
  const count = groups.reduce((sum, { vmIds }) => sum + vmIds.length, 0);
  return (
    <Rows items={piecesOf(groups)} count={count} keyOf={keyOf} height={400} className="console-groups" role="none">
      {(parts, place) => (
        <div key={keyOf(parts)} {...place} className="console-piece">
          {parts.map(({ envName, title, isFirst, vmIds }) => (
            <section key={envName} aria-label={title} data-machines={Math.min(vmIds.length, 3)}>
              {isFirst && (
                <h2 className="ellipsis" title={title}>
                  {title}
                </h2>
              )}
              <ul className="console-tiles">
                {vmIds.map((vmId) => (
                  <li key={vmId}>
                    <ConsoleTile vmId={vmId} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </Rows>
  );
}

const keyOf = (parts: readonly ConsolePart[]): string =>
  parts.map(({ envName, vmIds }) => `${envName} ${vmIds[0]}`).join(' ');

/** In their order, `PIECE` machines or a few more in each. */
function piecesOf(groups: readonly ConsoleGroup[]): ConsolePart[][] {
  const pieces: ConsolePart[][] = [];
  let free = 0;
  for (const group of groups) {
    for (let from = 0; from < group.vmIds.length; from += PIECE) {
      const vmIds = group.vmIds.slice(from, from + PIECE);
      if (free <= 0) {
        pieces.push([]);
        free = PIECE;
      }
      pieces.at(-1)?.push({ ...group, vmIds, isFirst: from === 0 });
      free -= vmIds.length;
    }
  }
  return pieces;
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
        <StateMark mark={vmMarks[known.state]} />
        <span className="console-tile-name ellipsis">{vm}</span>
        <span className="console-tile-state">{vmStateWord(known, t)}</span>
      </span>
    </a>
  );
});
