// While a broadcast is armed: on how many machines is typed, which of the chosen get nothing, and where the keys are taken. Esc ends it.
import type { KeyboardLayout } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { isInOverlay } from '../consoles/keys-back.ts';
import { PasteDialog } from '../consoles/PasteDialog.tsx';
import { ScreenTools } from '../consoles/ScreenTools.tsx';
import { useKeysBackIn } from '../consoles/use-keys-back.ts';
import { VncView } from '../consoles/VncView.tsx';
import type { VncScreen } from '../consoles/vnc-screen.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { Broadcast } from './broadcast.ts';
import { KeyPadChannel } from './key-pad-channel.ts';
import { typeOnAll } from './type-on-all.ts';

/** Of machines that get nothing; the others are counted. */
const MOST_NAMES = 3;

export interface BroadcastBannerProps {
  broadcast: Broadcast;
  /** The whole wall: used by pointer, nothing on it keeps the keyboard from the machines. */
  page: RefObject<HTMLElement | null>;
}

export const BroadcastBanner = observer(function BroadcastBanner({ broadcast, page }: BroadcastBannerProps) {
  const { bridge, settings, vms } = useStores();
  const t = useWords();
  const [screen, setScreen] = useState<VncScreen | null>(null);
  const screenNow = useRef<VncScreen | null>(null);
  const [keysHere, setKeysHere] = useState(false);
  const [pasting, setPasting] = useState(false);
  // One for all: they get the same keys.
  const [layout, setLayout] = useState<KeyboardLayout>(() => settings.layoutOf(broadcast.chosen[0] ?? ''));
  const pad = useKeyPad(broadcast);
  const takeScreen = useCallback((next: VncScreen | null) => {
    screenNow.current = next;
    setScreen(next);
  }, []);
  const onShown = useCallback(() => screenNow.current?.takeKeys(), []);
  const source = useMemo(() => pad && { channel: pad, screenShown: onShown }, [pad, onShown]);
  const typeAsGuestsRead = useMemo(() => typeOnAll(bridge.client, () => broadcast.ready), [bridge, broadcast]);
  const missing = broadcast.chosen.filter((vmId) => broadcast.stateOf(vmId) !== 'ready');
  const names = missing.slice(0, MOST_NAMES).map((vmId) => shortVmName(vms.get(vmId)?.name ?? vmId));
  const more = missing.length - names.length;
  const end = () => broadcast.disarm();
  useKeysBackIn(page, screen);
  useEscape(broadcast);
  return (
    <section className="broadcast" aria-label={t('wall.broadcast')} data-keys={keysHere || undefined}>
      <div className="broadcast-words">
        <p role="status">
          <strong>{t('wall.typesOn', { count: broadcast.ready.length })}</strong>
        </p>
        {missing.length > 0 && (
          <p className="broadcast-missing">
            {t('wall.missing', { count: missing.length, names: names.join(', ') + (more > 0 ? ` +${more}` : '') })}
          </p>
        )}
      </div>
      <div
        className="broadcast-pad"
        onPointerDown={(event) => {
          event.preventDefault();
          screen?.takeKeys();
        }}
      >
        {source && <VncView session={source} label={t('wall.pad')} onScreen={takeScreen} onKeys={setKeysHere} />}
        <span aria-hidden="true">{t(keysHere ? 'wall.padActive' : 'wall.padFree')}</span>
      </div>
      <ScreenTools screen={screen} onPaste={() => setPasting(true)} />
      <Button onPress={end} shortcut="Esc">
        {t('wall.disarm')}
      </Button>
      {pasting && (
        <PasteDialog
          vm={t('wall.machines', { count: broadcast.ready.length })}
          screenOf={() => screenNow.current}
          typeAsGuestReads={typeAsGuestsRead}
          layout={layout}
          onLayout={setLayout}
          onClose={() => setPasting(false)}
        />
      )}
    </section>
  );
});

/** Wherever the focus is; but one Esc closes one thing, and what lies over the wall first. */
function useEscape(broadcast: Broadcast): void {
  useEffect(() => {
    // Before noVNC hears of it: the guests get it by the menu of keys.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || isInOverlay(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      broadcast.disarm();
    };
    document.addEventListener('keydown', onKey, true);
    return () => document.removeEventListener('keydown', onKey, true);
  }, [broadcast]);
}

/** The far end of a noVNC whose keys go to all. */
function useKeyPad(broadcast: Broadcast): KeyPadChannel | null {
  const [pad, setPad] = useState<KeyPadChannel | null>(null);
  useEffect(() => {
    const channel = new KeyPadChannel((key) => broadcast.key(key));
    // oxlint-disable-next-line react/set-state-in-effect -- a channel can be closed only once, so each time it is used needs one of its own
    setPad(channel);
    return () => channel.close();
  }, [broadcast]);
  return pad;
}
