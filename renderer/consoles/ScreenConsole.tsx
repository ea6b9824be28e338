// The tab with the guest's screen: tools, the screen or why there is none, and where the keys go.
import { observer } from 'mobx-react-lite';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Check, Eye, EyeOff } from 'lucide-react';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import type { MenuEntry } from '../components/Menu.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConsoleEdge } from './ConsoleEdge.tsx';
import { ConsoleNotice } from './ConsoleNotice.tsx';
import { ConsoleStage } from './ConsoleStage.tsx';
import { ConsoleToolbar } from './ConsoleToolbar.tsx';
import type { ConsoleOf } from './console-of.ts';
import { PasteDialog } from './PasteDialog.tsx';
import { PictureMenu, pictureEntries } from './PictureMenu.tsx';
import { otherHolder } from '../presence/presence.ts';
import { QualityMenu, qualityEntries } from './QualityMenu.tsx';
import { type ScreenView, viewsFor } from './screen-view.ts';
import { KeysMenu, screenEntries, ScreenTools } from './ScreenTools.tsx';
import { typeByAgent } from './type-by-agent.ts';
import { useAwaitedPicture } from './use-awaited-picture.ts';
import { useConsoleSession } from './use-console-session.ts';
import { useKeptKeys } from './use-kept-keys.ts';
import { usePixelRatio } from './use-pixel-ratio.ts';
import { VncView } from './VncView.tsx';
import type { VncScreen } from './vnc-screen.ts';

const LOOK_FOR_BLACK_MS = 2000;
/** What a screen is taken for whose link is down, as one that has lost its stream. */
const CONNECTING = { kind: 'connecting' } as const;

export interface ScreenConsoleProps {
  of: ConsoleOf;
  /** The tool that records this screen, which may be connected now or not. */
  renderRecord?: (isConnected: boolean) => ReactNode;
}

export const ScreenConsole = observer(function ScreenConsole({ of, renderRecord }: ScreenConsoleProps) {
  const stores = useStores();
  const { bridge, link, me, recordings, settings, thumbnails } = stores;
  const { vmId, vm, known, start, turn } = of;
  const t = useWords();
  const format = useFormat();
  const session = useConsoleSession(vmId);
  const awaited = useAwaitedPicture(known?.id ?? null, session);
  const [screen, setScreen] = useState<VncScreen | null>(null);
  const screenNow = useRef<VncScreen | null>(null);
  const [keysToGuest, setKeysToGuest] = useState(false);
  const [view, setView] = useState<ScreenView>('fit');
  const pixelRatio = usePixelRatio();
  const { screenQuality } = settings;
  const layout = settings.layoutOf(vmId);
  const [viewOnly, setViewOnly] = useState(false);
  const [pasting, setPasting] = useState(false);
  const typeAsGuestReads = useMemo(() => typeByAgent(bridge.client, vmId), [bridge, vmId]);
  const takeScreen = useCallback((next: VncScreen | null) => {
    screenNow.current = next;
    setScreen(next);
  }, []);
  const connected = session.phase.kind === 'connected';
  // A stream may outlive its link for a while: what is typed into it then would arrive at some time, or never.
  const isStale = connected && link.isStale;
  const isLive = connected && !isStale;
  const staleSince = useRef<Date | null>(null);
  staleSince.current = isStale ? link.lastKnownAt : null;
  const stage = useRef<HTMLDivElement>(null);
  const kept = useKeptKeys(stage);
  const black = useBlack(connected ? screen : null);

  useEffect(
    () =>
      connected && screen
        ? thumbnails.lend(vmId, () => {
            const url = screen.pictureUrl();
            return url === null ? null : { url, takenAt: (staleSince.current ?? new Date()).toISOString() };
          })
        : undefined,
    [connected, screen, thumbnails, vmId],
  );
  useEffect(() => screen?.setView(view), [screen, view]);
  useEffect(() => screen?.setQuality(screenQuality), [screen, screenQuality]);
  useEffect(() => screen?.setLayout(layout), [screen, layout]);
  useEffect(() => screen?.setViewOnly(viewOnly || isStale), [screen, viewOnly, isStale]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a press on its tab asks again
  useEffect(() => {
    // Someone who opens a console wants to type; but the focus is not taken from where it already is.
    if (connected && screen && (kept.end() || document.activeElement === document.body)) screen.takeKeys();
  }, [connected, screen, kept, turn]);

  const holder = known ? otherHolder(known, me.me?.name ?? null) : null;
  const takesKeys = keysToGuest && isLive && !viewOnly && holder === null;
  const edgeWords = () => {
    if (!isLive) return null;
    if (holder !== null) return t('consoles.keyboardElsewhere', { name: holder, vm });
    if (viewOnly) return t('consoles.viewOnlyHint', { vm });
    if (known?.state === 'paused') return t('consoles.paused', { vm });
    return t(keysToGuest ? 'consoles.keyboardCaptured' : 'consoles.keyboardFree', { vm });
  };
  const tools = {
    screen: isLive ? screen : null,
    isViewOnly: viewOnly,
    isTaken: holder !== null,
    onPaste: () => setPasting(true),
  };
  const picture = { vm, envName: of.envName, screen: connected ? screen : null };
  const views = viewsFor(pixelRatio).map((value) => ({ value, label: t(`consoles.${value}`) }));
  const line = (id: string) => ({ id, separator: true }) as const;
  const rare = (): MenuEntry[] => [
    ...screenEntries(tools, t),
    line('before-views'),
    ...views.map(({ value, label }) => ({
      id: `view-${value}`,
      label: t('consoles.viewAs', { view: label }),
      ...(value === view && { icon: Check }),
      run: () => setView(value),
    })),
    line('before-qualities'),
    ...qualityEntries(stores, t, true),
    line('before-picture'),
    ...pictureEntries(stores, picture, t),
    line('before-others'),
    {
      id: 'viewOnly',
      label: t('consoles.viewOnly'),
      ...(viewOnly && { icon: Check }),
      run: () => setViewOnly(!viewOnly),
    },
  ];
  return (
    <>
      <ConsoleToolbar
        of={of}
        guest={screen}
        first={<Choice label={t('consoles.view')} value={view} options={views} onChange={setView} />}
        narrow={{
          tools: (
            <>
              <KeysMenu {...tools} />
              {renderRecord?.(isLive)}
            </>
          ),
          rare,
        }}
      >
        <ScreenTools {...tools} />
        <QualityMenu />
        {renderRecord?.(isLive)}
        <PictureMenu {...picture} />
        <Button
          kind="quiet"
          icon={viewOnly ? EyeOff : Eye}
          label={t('consoles.viewOnly')}
          aria-pressed={viewOnly}
          onPress={() => setViewOnly(!viewOnly)}
        />
      </ConsoleToolbar>
      <ConsoleStage
        vm={known}
        shows="screen"
        phase={session.phase.kind}
        awaited={awaited}
        keysToGuest={takesKeys}
        view={view}
        isStale={isStale}
        ref={stage}
      >
        <VncView
          session={session}
          label={t('consoles.screenOf', { vm })}
          onScreen={takeScreen}
          onKeys={setKeysToGuest}
          onKeysLost={() => kept.keep()}
          onInput={(event) => recordings.input(vmId, event)}
          keepsLast
          before={thumbnails.of(vmId)}
        />
        {isStale && link.lastKnownAt && (
          <p className="console-stale">{t('consoles.lastPicture', { time: format.time(link.lastKnownAt) })}</p>
        )}
        <ConsoleNotice
          phase={isStale ? CONNECTING : session.phase}
          isLinkUp={link.up}
          vmState={known?.state}
          vm={vm}
          start={start}
          onRetry={() => session.retryNow()}
        />
        {isLive && black && (
          <div className="console-notice console-black" role="status">
            <h2>{t('consoles.black', { vm })}</h2>
            <p>{t('consoles.blackHint')}</p>
          </div>
        )}
      </ConsoleStage>
      <ConsoleEdge of={of} words={edgeWords()} keysToGuest={takesKeys} guest={screen} />
      {pasting && (
        <PasteDialog
          vm={vm}
          screenOf={() => screenNow.current}
          typeAsGuestReads={typeAsGuestReads}
          layout={layout}
          onLayout={(next) => settings.rememberLayout(vmId, next)}
          onClose={() => setPasting(false)}
        />
      )}
    </>
  );
});

/** True while the picture of a screen is all black, looked at every two seconds. */
function useBlack(screen: VncScreen | null): boolean {
  const [black, setBlack] = useState(false);
  useEffect(() => {
    if (!screen) return;
    const timer = setInterval(() => setBlack(screen.isBlack()), LOOK_FOR_BLACK_MS);
    return () => {
      clearInterval(timer);
      setBlack(false);
    };
  }, [screen]);
  return black;
}
