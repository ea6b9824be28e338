// The tools that only a screen has: keys that a window or system keeps for itself, and pasting key by key; for one machine, or for all
// that a broadcast types on.
import { ClipboardPaste, Keyboard } from 'lucide-react';
import { firstReason, type WhyNot } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { type Translate, useWords } from '../i18n/index.ts';
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

export function ScreenTools({ onPaste, ...props }: ScreenToolsProps) {
  const { screen } = props;
  const t = useWords();
  const whyNot = whyNoKeys(props);
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
      <KeysMenu {...props} />
      <Button kind="quiet" icon={ClipboardPaste} label={t('consoles.paste')} whyNot={whyNot} onPress={onPaste} />
    </>
  );
}

/** The same as entries of a menu, without the keys, which have one of their own. */
export function screenEntries({ onPaste, ...props }: ScreenToolsProps, t: Translate): MenuEntry[] {
  const whyNot = whyNoKeys(props);
  return [
    {
      id: 'ctrlAltDel',
      label: t('consoles.ctrlAltDel'),
      icon: Keyboard,
      whyNot,
      run: () => props.screen?.sendCtrlAltDel(),
    },
    { id: 'paste', label: t('consoles.paste'), icon: ClipboardPaste, whyNot, run: onPaste },
  ];
}

type KeysProps = Omit<ScreenToolsProps, 'onPaste'>;

export function KeysMenu(props: KeysProps) {
  const { screen } = props;
  const t = useWords();
  const entryOf = ({ id, label, keys }: KeyChord): MenuEntry => ({
    id,
    label,
    run: () => screen?.sendChord(keys),
  });
  return (
    <MenuButton
      label={t('consoles.keys')}
      icon={Keyboard}
      whyNot={whyNoKeys(props)}
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
  );
}

function whyNoKeys({ screen, isViewOnly = false, isTaken = false }: KeysProps): WhyNot | null {
  return firstReason({ noScreen: screen === null, viewOnly: isViewOnly, keyboardTaken: isTaken });
}
