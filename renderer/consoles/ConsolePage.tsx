// The page of one console: tools, the guest's screen or why there is none, and where the keys go.
import { observer } from 'mobx-react-lite';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { shortVmName } from '../state/vm-name.ts';
import { canStart } from '../machines/vm-store.ts';
import { useStores } from '../state/stores-context.ts';
import { ConsoleNotice } from './ConsoleNotice.tsx';
import { ConsoleStage } from './ConsoleStage.tsx';
import { ConsoleToolbar } from './ConsoleToolbar.tsx';
import './consoles.css';
import { PasteDialog } from './PasteDialog.tsx';
import { typeByAgent } from './type-by-agent.ts';
import { useConsoleSession } from './use-console-session.ts';
import { useImmersive } from './use-immersive.ts';
import { VncView } from './VncView.tsx';
import type { VncScreen } from './vnc-screen.ts';

const LOOK_FOR_BLACK_MS = 2000;

export const ConsolePage = observer(function ConsolePage({ vmId }: { vmId: string }) {
  const stores = useStores();
  const { vms, view, bridge } = stores;
  const t = useWords();
  const session = useConsoleSession(vmId);
  const [screen, setScreen] = useState<VncScreen | null>(null);
  const screenNow = useRef<VncScreen | null>(null);
  const [keysToGuest, setKeysToGuest] = useState(false);
  const [fit, setFit] = useState(true);
  const [pasting, setPasting] = useState(false);
  const typeAsGuestReads = useMemo(() => typeByAgent(bridge.client, vmId), [bridge, vmId]);
  const { immersive, toggle } = useImmersive();
  const takeScreen = useCallback((next: VncScreen | null) => {
    screenNow.current = next;
    setScreen(next);
  }, []);
  const connected = session.phase.kind === 'connected';
  const black = useBlack(connected ? screen : null);

  useEffect(() => screen?.setFit(fit), [screen, fit]);
  useEffect(() => {
    // Someone who opens a console wants to type; but the focus is not taken from where it already is.
    if (connected && screen && document.activeElement === document.body) screen.takeKeys();
  }, [connected, screen]);

  const known = vms.get(vmId);
  const start = known && canStart(known.state) ? vmActions(stores, known, t).start : null;
  const vm = known ? shortVmName(known.name) : vmId;
  const envName = known?.envName ?? (view.route.page === 'console' ? view.route.envName : null);
  const edgeWords = () => {
    // A space keeps its height: the screen must not jump when it comes.
    if (!connected) return '\u00a0';
    if (known?.state === 'paused') return t('consoles.paused', { vm });
    return t(keysToGuest ? 'consoles.keyboardCaptured' : 'consoles.keyboardFree', { vm });
  };
  return (
    <section className="console-page" aria-label={t('consoles.pageOf', { vm })} data-immersive={immersive || undefined}>
      <ConsoleToolbar
        vm={vm}
        known={known}
        envName={envName}
        viewers={known?.viewers ?? 0}
        screen={connected ? screen : null}
        fit={fit}
        immersive={immersive}
        onFit={setFit}
        onBack={() => (envName === null ? view.go({ page: 'consoles' }) : view.goToEnv(envName))}
        onPaste={() => setPasting(true)}
        onImmersive={toggle}
      />
      <ConsoleStage vm={known} session={session} keysToGuest={keysToGuest}>
        <VncView
          session={session}
          label={t('consoles.screenOf', { vm })}
          onScreen={takeScreen}
          onKeys={setKeysToGuest}
        />
        <ConsoleNotice
          phase={session.phase}
          vmState={known?.state}
          vm={vm}
          start={start}
          onRetry={() => session.retryNow()}
        />
        {connected && black && (
          <div className="console-notice console-black" role="status">
            <h2>{t('consoles.black', { vm })}</h2>
            <p>{t('consoles.blackHint')}</p>
          </div>
        )}
      </ConsoleStage>
      <p className="console-edge" role="status" data-keys={keysToGuest || undefined}>
        {edgeWords()}
      </p>
      {pasting && (
        <PasteDialog
          vm={vm}
          screenOf={() => screenNow.current}
          typeAsGuestReads={typeAsGuestReads}
          onClose={() => setPasting(false)}
        />
      )}
    </section>
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
