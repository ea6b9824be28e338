// A tab of text, of a serial port or a shell: tools, search, why nothing comes, the text, and where the keys go.
import type { TerminalSize } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { MenuEntry } from '../components/Menu.tsx';
import { ConsoleEdge } from '../consoles/ConsoleEdge.tsx';
import type { ConsoleOf } from '../consoles/console-of.ts';
import { ConsoleStage } from '../consoles/ConsoleStage.tsx';
import { ConsoleToolbar } from '../consoles/ConsoleToolbar.tsx';
import { otherHolder } from '../presence/presence.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { planPaste } from './paste-plan.ts';
import type { ShellPhase } from './shell-session.ts';
import type { TextConsoleSession } from './text-console-session.ts';
import { TextConsoleState, type TextKind } from './TextConsoleState.tsx';
import { TextConsoleView } from './TextConsoleView.tsx';
import './text-consoles.css';
import { TextPasteDialog } from './TextPasteDialog.tsx';
import type { Search, TextScreen } from './text-screen.ts';
import { TextSearch } from './TextSearch.tsx';
import { TextTools } from './TextTools.tsx';
import { useTextLook } from './use-text-look.ts';

const NOTHING_FOUND = { count: 0, number: 0 };
const ignore = () => {};

export interface TextConsoleProps {
  of: ConsoleOf;
  kind: TextKind;
  /** Another tab may stand over it: it goes on. */
  isShown: boolean;
  session: Pick<TextConsoleSession, 'console' | 'showOn' | 'type'>;
  phase: ShellPhase;
  onSize?: (size: TerminalSize) => void;
  /** Another shell, after one that has ended. */
  onOpenAgain?: () => void;
  /** Tools of this kind, before the others, and behind them in the menu. */
  tools?: ReactNode;
  more?: readonly MenuEntry[];
}

export const TextConsole = observer(function TextConsole(props: TextConsoleProps) {
  const { of, kind, isShown, session, phase, onSize = ignore, onOpenAgain = ignore, tools, more = [] } = props;
  const { link, me, snapshots, toasts } = useStores();
  const { vmId, vm, known, start, turn } = of;
  const t = useWords();
  const look = useTextLook();
  const [screen, setScreen] = useState<TextScreen | null>(null);
  const [keysToGuest, setKeysToGuest] = useState(false);
  const [isSelected, setSelected] = useState(false);
  const [search, setSearch] = useState<Search | null>(null);
  const [found, setFound] = useState(NOTHING_FOUND);
  /** The text that is asked about; null: nothing is. */
  const [pasting, setPasting] = useState<string | null>(null);
  // A stream may outlive its link for a while: what is typed into it then would arrive at some time, or never.
  const isConnected = phase.kind === 'connected' && !link.isStale;

  const takesKeys = keysToGuest && (isConnected || phase.kind === 'ended');

  const takeScreen = useCallback(
    (next: TextScreen | null) => {
      session.showOn(next);
      setScreen(next);
    },
    [session],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a press on its tab asks again
  useEffect(() => {
    // As a screen does: the focus is not taken from where it already is.
    if (isShown && isConnected && screen && document.activeElement === document.body) screen.takeKeys();
  }, [isShown, isConnected, screen, turn]);

  const type = (text: string) => {
    if (!isConnected || !session.type(text)) toasts.explain(t('textConsoles.notTyped'));
  };
  const typed = (text: string) => {
    if (phase.kind === 'ended' && text === '\r') onOpenAgain();
    else if (isConnected) session.type(text);
  };
  const paste = (text: string) => {
    if (!isConnected) toasts.explain(t('textConsoles.notTyped'));
    else screen?.paste(text);
    screen?.takeKeys();
  };
  const askOrPaste = (text: string) => {
    const plan = planPaste(text, screen?.takesPastes ?? false);
    if (plan.asks || plan.tooLong) setPasting(text);
    else paste(plan.text);
  };
  const copy = () => {
    const text = screen?.selection ?? '';
    if (text === '') return;
    void navigator.clipboard.writeText(text).then(
      () => toasts.say(t('textConsoles.copied')),
      () => toasts.explain(t('textConsoles.notCopied')),
    );
  };
  const find = (next: Search) => {
    setSearch(next);
    screen?.find(next, 'same');
  };
  const endSearch = () => {
    setSearch(null);
    setFound(NOTHING_FOUND);
    screen?.endSearch();
    screen?.takeKeys();
  };
  const edgeWords = () => {
    if (phase.kind === 'ended' && keysToGuest) return t('textConsoles.shell.enterOpens');
    if (!isConnected) return null;
    // A shell is its own user’s.
    const holder = kind === 'serial' && known ? otherHolder(known, me.me?.name ?? null) : null;
    if (holder !== null) return t('consoles.keyboardElsewhere', { name: holder, vm });
    if (known?.state === 'paused') return t('textConsoles.paused', { vm });
    return t(keysToGuest ? 'textConsoles.keyboardCaptured' : 'textConsoles.keyboardFree', { vm });
  };
  const openSearch = () => setSearch((now) => now ?? { text: '', matchCase: false });
  return (
    <>
      <ConsoleToolbar of={of} guest={screen} first={tools}>
        <TextTools
          kind={kind}
          vmName={known?.name ?? vm}
          screen={screen}
          isConnected={isConnected}
          isSelected={isSelected}
          onFind={openSearch}
          onCopy={copy}
          onPaste={() => setPasting('')}
          onTyped={type}
          more={more}
        />
      </ConsoleToolbar>
      {search && (
        <TextSearch
          search={search}
          found={found}
          onChange={find}
          onGo={(to) => screen?.find(search, to)}
          onClose={endSearch}
        />
      )}
      <TextConsoleState
        kind={kind}
        phase={phase}
        vmState={known?.state}
        vm={vm}
        start={start}
        onRetry={() => session.console.retryNow()}
        onOpenAgain={onOpenAgain}
      />
      <ConsoleStage
        vm={known}
        shows="text"
        phase={phase.kind}
        awaited={snapshots.reverting.get(vmId) ?? null}
        keysToGuest={takesKeys}
      >
        <TextConsoleView
          label={t(`textConsoles.${kind}.textOf`, { vm })}
          inputLabel={t('textConsoles.inputOf', { vm })}
          look={look}
          onScreen={takeScreen}
          onTyped={typed}
          onKeys={setKeysToGuest}
          onSelected={setSelected}
          onFind={openSearch}
          onCopy={copy}
          onPaste={askOrPaste}
          onSize={onSize}
          onFound={setFound}
        />
      </ConsoleStage>
      <ConsoleEdge of={of} words={edgeWords()} keysToGuest={takesKeys} guest={screen} />
      {pasting !== null && <TextPasteDialog vm={vm} text={pasting} onPaste={paste} onClose={() => setPasting(null)} />}
    </>
  );
});
