// The picture of a screen as it is now: into the clipboard, or into a file.
import { ImageDown } from 'lucide-react';
import { firstReason } from '../components/action.ts';
import { MenuButton } from '../components/Menu.tsx';
import { saveFile } from '../components/save-file.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { VncScreen } from './vnc-screen.ts';

export interface PictureMenuProps {
  /** Short name of the machine. */
  vm: string;
  envName: string | null;
  /** null while there is no screen. */
  screen: VncScreen | null;
}

export function PictureMenu({ vm, envName, screen }: PictureMenuProps) {
  const { toasts } = useStores();
  const t = useWords();
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
  return (
    <MenuButton
      label={t('consoles.picture')}
      icon={ImageDown}
      whyNot={firstReason({ noScreen: screen === null })}
      entries={[
        { id: 'copy', label: t('consoles.copyPicture'), run: () => void copy() },
        { id: 'save', label: t('consoles.savePicture'), run: () => void save() },
      ]}
    />
  );
}

/** `demo-web-1-2026-11-30-12-04-31.png`, in UTC. */
function pictureName(envName: string | null, vm: string, at: Date): string {
  const time = at.toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return `${[envName, vm, time].filter((part) => part !== null).join('-')}.png`;
}
