// The whole page of a terminal: the console of its session, and where there is none, why, in words.
import { observer } from 'mobx-react-lite';
import { useCallback, useEffect, useState } from 'react';
import { useWords } from '../i18n/index.ts';
import { VncView } from '../consoles/VncView.tsx';
import type { VncScreen } from '../consoles/vnc-screen.ts';
import { TerminalNotice } from './TerminalNotice.tsx';
import type { TerminalSession } from './terminal-session.ts';
import '../consoles/consoles.css';
import './terminal.css';

export const TerminalPage = observer(function TerminalPage({ session }: { session: TerminalSession }) {
  const t = useWords();
  const [screen, setScreen] = useState<VncScreen | null>(null);
  const takeScreen = useCallback((next: VncScreen | null) => setScreen(next), []);
  const { phase } = session;
  const connected = phase.kind === 'connected';

  useEffect(() => session.start(), [session]);
  useEffect(() => screen?.setView('fit'), [screen]);
  useEffect(() => {
    // There is nothing else here that could want the keys.
    if (connected && screen) screen.takeKeys();
  }, [connected, screen]);

  const name = 'assignment' in phase ? phase.assignment.terminalName : '';
  return (
    <main className="terminal-page console-stage" aria-label={t('terminal.title')} data-phase={phase.kind}>
      <VncView session={session} label={t('terminal.screen', { name })} onScreen={takeScreen} onKeys={() => {}} />
      <TerminalNotice session={session} />
    </main>
  );
});
