// The tools that only a console of text has.
import { ClipboardPaste, Copy, Search as SearchIcon } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { type MenuEntry, MenuButton } from '../components/Menu.tsx';
import { saveFile } from '../components/save-file.ts';
import { useWords } from '../i18n/index.ts';
import { textSizes } from '../settings/settings-store.ts';
import { useStores } from '../state/stores-context.ts';
import type { TextKind } from './TextConsoleState.tsx';
import type { TextScreen } from './text-screen.ts';

export interface TextToolsProps {
  kind: TextKind;
  /** Full name of the machine, for the file. */
  vmName: string;
  /** null while it is being loaded. */
  screen: TextScreen | null;
  isConnected: boolean;
  isSelected: boolean;
  onFind: () => void;
  onCopy: () => void;
  onPaste: () => void;
  onTyped: (text: string) => void;
  /** Of this kind only, behind what all have. */
  more?: readonly MenuEntry[];
}

export const TextTools = observer(function TextTools(props: TextToolsProps) {
  const { kind, vmName, screen, isConnected, isSelected, onFind, onCopy, onPaste, onTyped, more = [] } = props;
  const { settings } = useStores();
  const t = useWords();
  const noScreen = firstReason({ noScreen: !isConnected || screen === null });
  const full = (isFull: boolean) => firstReason({ full: isFull });
  // A serial port carries no size; this is what a person would type.
  const tellSize: MenuEntry = {
    id: 'tellSize',
    label: t('textConsoles.tellSize'),
    whyNot: noScreen,
    run: () => screen && onTyped(`stty rows ${screen.rows} cols ${screen.columns}\r`),
  };
  const entries: MenuEntry[] = [
    {
      id: 'save',
      label: t('textConsoles.save'),
      run: () => screen && saveFile(`${vmName.replaceAll('/', '-')}-${kind}.txt`, new Blob([screen.text])),
    },
    { id: 'clear', label: t('textConsoles.clear'), run: () => screen?.clear() },
    ...(kind === 'serial' ? [tellSize] : []),
    { id: 'between', separator: true },
    {
      id: 'larger',
      label: t('textConsoles.larger'),
      whyNot: full(settings.textSize >= textSizes.max),
      run: () => settings.setTextSize(settings.textSize + 1),
    },
    {
      id: 'smaller',
      label: t('textConsoles.smaller'),
      whyNot: full(settings.textSize <= textSizes.min),
      run: () => settings.setTextSize(settings.textSize - 1),
    },
    {
      id: 'readAloud',
      label: t(settings.textForScreenReader ? 'textConsoles.readAloud' : 'textConsoles.readSilently'),
      run: () => settings.readTextAloud(!settings.textForScreenReader),
    },
    ...more,
  ];
  return (
    <>
      <Button
        kind="quiet"
        icon={SearchIcon}
        label={t('textConsoles.find')}
        shortcut="Ctrl-Shift-F"
        whyNot={firstReason({ noScreen: screen === null })}
        onPress={onFind}
      />
      <Button
        kind="quiet"
        icon={Copy}
        label={t('textConsoles.copy')}
        shortcut="Ctrl-Shift-C"
        whyNot={firstReason({ nothingSelected: !isSelected })}
        onPress={onCopy}
      />
      <Button
        kind="quiet"
        icon={ClipboardPaste}
        label={t('textConsoles.paste')}
        shortcut="Ctrl-Shift-V"
        whyNot={noScreen}
        onPress={onPaste}
      />
      <MenuButton
        label={t('textConsoles.more')}
        whyNot={firstReason({ noScreen: screen === null })}
        entries={entries}
      />
    </>
  );
});
