// The picture of a screen as it is now: into the clipboard, or into a file.
import { ImageDown } from 'lucide-react';
import { firstReason } from '../components/action.ts';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { saveFile } from '../components/save-file.ts';
import { type Translate, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Stores } from '../state/stores.ts';
import type { VncScreen } from './vnc-screen.ts';

export interface PictureMenuProps {
  /** Short name of the machine. */
  vm: string;
  envName: string | null;
  /** null while there is no screen. */
  screen: VncScreen | null;
}

export function pictureEntries(
  { toasts }: Pick<Stores, 'toasts'>,
  { vm, envName, screen }: PictureMenuProps,
  t: Translate,
): MenuEntry[] {
  const whyNot = firstReason({ noScreen: screen === null });
  const copy = async () => {
    const picture = await screen?.picture();
    if (!picture) return;
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
      toasts.explain(t('consoles.pictureCopied', { vm }));
    } catch {
      // No rights, no focus, or a system that takes text only: in each case a file works.
      toasts.explain(t('consoles.pictureFailed'));
    }
  };
  const save = async () => {
    const picture = await screen?.picture();
    if (picture) saveFile(pictureName(envName, vm, new Date()), picture);
  };
  return [
    { id: 'copyPicture', label: t('consoles.copyPicture'), whyNot, run: () => void copy() },
    { id: 'savePicture', label: t('consoles.savePicture'), whyNot, run: () => void save() },
  ];
}

export function PictureMenu(props: PictureMenuProps) {
  const stores = useStores();
  const t = useWords();
  return (
    <MenuButton
      label={t('consoles.picture')}
      icon={ImageDown}
      whyNot={firstReason({ noScreen: props.screen === null })}
      entries={pictureEntries(stores, props, t)}
    />
  );
}

/** `demo-web-1-2026-11-30-12-04-31.png`, in UTC. */
function pictureName(envName: string | null, vm: string, at: Date): string {
  const time = at.toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return `${[envName, vm, time].filter((part) => part !== null).join('-')}.png`;
}
