// The wall of an ENV: all its screens at a glance, typing on several at once, and how they differ from one of them.
import { ArrowLeft, Keyboard, LayoutGrid } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { Picker } from '../components/Picker.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { otherHolder } from '../presence/presence.ts';
import { consoleSourceOf, followVm } from '../consoles/console-source.ts';
import { EnvGone } from '../env/EnvGone.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { Broadcast } from './broadcast.ts';
import { BroadcastBanner } from './BroadcastBanner.tsx';
import { sampleOf } from './screen-pixels.ts';
import { useElementSize } from '../components/use-element-size.ts';
import { WallScreens } from './wall-screens.ts';
import { WallTile } from './WallTile.tsx';
import './wall.css';
import '../consoles/consoles.css';
import { TILE_GAP_PX, wallLayout } from './wall-layout.ts';

/** How long the pointer must rest on a tile before its screen is shown at full rate: crossing the wall opens nothing. */
const REST_MS = 150;

export const WallPage = observer(function WallPage({ envName }: { envName: string }) {
  const { envs, link, vms, view } = useStores();
  const t = useWords();
  const broadcast = useBroadcast();
  const screens = useMemo(() => new WallScreens(sampleOf), []);
  const [liveVmId, attend] = useAttention();
  const { ref, size } = useElementSize<HTMLDivElement>();
  const page = useRef<HTMLElement>(null);
  useFocusAfter(broadcast.armed, page);
  if (!envs.get(envName)) return link.state === 'connecting' ? null : <EnvGone envName={envName} />;
  const machines = vms.ofEnv(envName).filter(({ features }) => features.includes('vnc'));
  const vmIds = screens.sorted(machines.map(({ id }) => id));
  const running = machines.filter(({ state }) => state === 'running').map(({ id }) => id);
  // Below the last row there is a gap as below every other.
  const { columns, tileHeight } = wallLayout(vmIds.length, size?.width ?? 1, (size?.height ?? 1) - TILE_GAP_PX);
  const allChosen = running.length > 0 && running.every((vmId) => broadcast.isChosen(vmId));
  const chooseAll = () => {
    for (const vmId of allChosen ? broadcast.chosen : running) broadcast.choose(vmId, !allChosen);
  };
  return (
    <section ref={page} className="wall-page" aria-labelledby="wall-title" data-armed={broadcast.armed || undefined}>
      <Toolbar label={t('wall.tools')} className="console-toolbar">
        <Button kind="quiet" icon={ArrowLeft} onPress={() => view.goToEnv(envName)}>
          {t('consoles.back', { env: envName })}
        </Button>
        <h1 id="wall-title" className="console-title">
          {t('wall.title', { env: envName })}
        </h1>
        <span className="console-gap" />
        <Picker
          label={t('wall.compareWith')}
          value={screens.reference ?? ''}
          options={[
            { value: '', label: t('wall.compareNone') },
            ...machines.map(({ id, name }) => ({ value: id, label: shortVmName(name) })),
          ]}
          onChange={(value) => screens.compareWith(value === '' ? null : value)}
        />
        <Button whyNot={firstReason({ notRunning: running.length === 0 })} onPress={chooseAll}>
          {t(allChosen ? 'wall.chooseNone' : 'wall.chooseAll')}
        </Button>
        {!broadcast.armed && (
          <Button
            kind="danger"
            icon={Keyboard}
            data-arm
            whyNot={firstReason({ noneChosen: broadcast.chosen.length === 0, linkDown: !link.up })}
            onPress={() => broadcast.arm()}
          >
            {broadcast.chosen.length === 0 ? t('wall.armNone') : t('wall.arm', { count: broadcast.chosen.length })}
          </Button>
        )}
      </Toolbar>
      {broadcast.armed && <BroadcastBanner broadcast={broadcast} page={page} />}
      <div ref={ref} className="wall-area">
        {vmIds.length === 0 ? (
          <EmptyState icon={LayoutGrid} title={t('wall.empty')}>
            <p>{t('consoles.emptyHint')}</p>
          </EmptyState>
        ) : (
          <Rows
            items={rowsOf(vmIds, columns)}
            count={vmIds.length}
            keyOf={(row) => row[0] ?? ''}
            height={tileHeight + TILE_GAP_PX}
            className="wall-rows"
            role="none"
          >
            {(row, place) => (
              <div
                key={row[0]}
                {...place}
                className="wall-row"
                style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, height: tileHeight }}
              >
                {row.map((vmId) => (
                  <WallTile
                    key={vmId}
                    vmId={vmId}
                    broadcast={broadcast}
                    screens={screens}
                    isLive={liveVmId === vmId}
                    onAttention={(isHere) => attend(vmId, isHere)}
                  />
                ))}
              </div>
            )}
          </Rows>
        )}
      </div>
    </section>
  );
});

function rowsOf(vmIds: readonly string[], columns: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(vmIds.length / columns) }, (_, row) =>
    vmIds.slice(row * columns, (row + 1) * columns),
  );
}

/** Ends with the page: nobody types on machines that are out of sight. */
function useBroadcast(): Broadcast {
  const { bridge, link, me, vms } = useStores();
  const broadcast = useMemo(
    () =>
      new Broadcast({
        source: consoleSourceOf(bridge),
        follow: (vmId, tell) => followVm({ link, vms }, vmId, tell),
        isTaken: (vmId) => {
          const vm = vms.get(vmId);
          return vm !== undefined && otherHolder(vm, me.me?.name ?? null) !== null;
        },
        isLinkUp: () => link.up,
      }),
    [bridge, link, me, vms],
  );
  useEffect(() => () => broadcast.disarm(), [broadcast]);
  return broadcast;
}

/** The banner goes with what has the focus in it; who types by keyboard alone is where they armed it then. */
function useFocusAfter(armed: boolean, page: RefObject<HTMLElement | null>): void {
  const was = useRef(armed);
  useEffect(() => {
    const ended = was.current && !armed;
    was.current = armed;
    if (ended && document.activeElement === document.body)
      page.current?.querySelector<HTMLElement>('[data-arm]')?.focus();
  }, [armed, page]);
}

/** The machine that the pointer rests on or that has the focus. */
function useAttention(): readonly [string | null, (vmId: string, isHere: boolean) => void] {
  const [live, setLive] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const attend = useCallback((vmId: string, isHere: boolean) => {
    clearTimeout(timer.current);
    if (isHere) timer.current = setTimeout(() => setLive(vmId), REST_MS);
    else setLive((now) => (now === vmId ? null : now));
  }, []);
  return [live, attend];
}
