// The tools that only a screen has: keys that a window or system keeps for itself, and pasting key by key.
import { ClipboardPaste, Keyboard } from 'lucide-react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { functionKeys, type KeyChord, terminalKeys } from './console-keys.ts';
import type { VncScreen } from './vnc-screen.ts';

export interface ScreenToolsProps {
  /** null while there is no screen to send keys to. */
  screen: VncScreen | null;
  onPaste: () => void;
}

export function ScreenTools({ screen, onPaste }: ScreenToolsProps) {
  const t = useWords();
  const whyNot = firstReason({ noScreen: screen === null });
  const entryOf = ({ id, label, keys }: KeyChord): MenuEntry => ({
    id,
    label,
    run: () => screen?.sendChord(keys),
  });
  return (
    <>
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
    </>
  );
}
