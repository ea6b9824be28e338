// The tools of one console: back, size, keys, paste, full screen. It hides itself in full screen (consoles.css).
import type { Vm } from '@tt/protocol';
import { ArrowLeft, ClipboardPaste, Eye, Keyboard, Maximize, Minimize } from 'lucide-react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useWords } from '../i18n/index.ts';
import { ConsoleSnapshots } from './ConsoleSnapshots.tsx';
import { ConsoleTitle } from './ConsoleTitle.tsx';
import { functionKeys, type KeyChord, terminalKeys } from './console-keys.ts';
import type { VncScreen } from './vnc-screen.ts';

export interface ConsoleToolbarProps {
  /** Short name of the machine. */
  vm: string;
  /** undefined while it is not known, or no more. */
  known: Vm | undefined;
  envName: string | null;
  viewers: number;
  /** null while there is no screen to send keys to. */
  screen: VncScreen | null;
  fit: boolean;
  immersive: boolean;
  onFit: (fit: boolean) => void;
  onBack: () => void;
  onPaste: () => void;
  onImmersive: () => void;
}

export function ConsoleToolbar(props: ConsoleToolbarProps) {
  const { vm, known, envName, viewers, screen, fit, immersive, onFit, onBack, onPaste, onImmersive } = props;
  const t = useWords();
  const whyNot = firstReason({ noScreen: screen === null });
  const entryOf = ({ id, label, keys }: KeyChord): MenuEntry => ({
    id,
    label,
    run: () => screen?.sendChord(keys),
  });
  return (
    <Toolbar label={t('consoles.toolbar')} className="console-toolbar">
      <Button kind="quiet" icon={ArrowLeft} onPress={onBack}>
        {envName === null ? t('consoles.backToAll') : t('consoles.back', { env: envName })}
      </Button>
      {known ? <ConsoleTitle vm={known} /> : <h1 className="console-title">{vm}</h1>}
      {viewers > 0 && (
        <span className="console-viewers">
          <Eye aria-hidden className="icon" />
          {t('consoles.watching', { count: viewers })}
        </span>
      )}
      <span className="console-gap" />
      <Choice
        label={t('consoles.view')}
        value={fit ? 'fit' : 'actual'}
        options={[
          { value: 'fit', label: t('consoles.fit') },
          { value: 'actual', label: t('consoles.actual') },
        ]}
        onChange={(value) => onFit(value === 'fit')}
      />
      {known && <ConsoleSnapshots vm={known} />}
      <Button whyNot={whyNot} onPress={() => screen?.sendCtrlAltDel()}>
        {t('consoles.ctrlAltDel')}
      </Button>
      <MenuButton
        label={t('consoles.keys')}
        icon={Keyboard}
        whyNot={whyNot}
        entries={[
          ...functionKeys.map(entryOf),
          { id: 'between', separator: true } as const,
          ...terminalKeys.map(entryOf),
        ]}
      />
      <Button kind="quiet" icon={ClipboardPaste} label={t('consoles.paste')} whyNot={whyNot} onPress={onPaste} />
      <Button
        kind="quiet"
        icon={immersive ? Minimize : Maximize}
        label={t(immersive ? 'consoles.leaveFullscreen' : 'consoles.fullscreen')}
        onPress={onImmersive}
      />
    </Toolbar>
  );
}
