// The tools that only a screen has: keys that a window or system keeps for itself, and pasting key by key; for one machine, or for all
// that a broadcast types on.
import { ClipboardPaste, Keyboard } from 'lucide-react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { functionKeys, type KeyChord, otherKeys, sysRqKeys, terminalKeys } from './console-keys.ts';
import type { VncScreen } from './vnc-screen.ts';

export interface ScreenToolsProps {
  /** null while there is no screen to send keys to. */
  screen: VncScreen | null;
  /** It is only looked at. */
  isViewOnly?: boolean;
  /** Somebody else has the keyboard. */
  isTaken?: boolean;
  onPaste: () => void;
}

export function ScreenTools({ screen, isViewOnly = false, isTaken = false, onPaste }: ScreenToolsProps) {
  const t = useWords();
  const whyNot = firstReason({ noScreen: screen === null, viewOnly: isViewOnly, keyboardTaken: isTaken });
  const entryOf = ({ id, label, keys }: KeyChord): MenuEntry => ({
    id,
    label,
    run: () => screen?.sendChord(keys),
  });
  return (
    <>
      <Button
        whyNot={whyNot}
        onPress={({ pointerType }) => {
          screen?.sendCtrlAltDel();
          // Who uses the pointer goes on typing, or begins to (keys-back.ts is for those who did); who came by key stays in the toolbar.
          if (pointerType !== 'keyboard' && pointerType !== 'virtual') screen?.takeKeys();
        }}
      >
        {t('consoles.ctrlAltDel')}
      </Button>
      <MenuButton
        label={t('consoles.keys')}
        icon={Keyboard}
        whyNot={whyNot}
        entries={[
          ...otherKeys.map(entryOf),
          { id: 'before-functions', separator: true } as const,
          ...functionKeys.map(entryOf),
          { id: 'before-terminals', separator: true } as const,
          ...terminalKeys.map(entryOf),
          { id: 'before-sysrq', separator: true } as const,
          ...sysRqKeys.map(entryOf),
        ]}
      />
      <Button kind="quiet" icon={ClipboardPaste} label={t('consoles.paste')} whyNot={whyNot} onPress={onPaste} />
    </>
  );
}
