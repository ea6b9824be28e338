// The tools of one console: back, its machine, who looks at it, what its tab brings along, full screen. In full screen they are shown when
// they are asked for (ConsoleEdge), above the screen and not over it. Used by pointer, they leave the keyboard with the guest. In a narrow
// pane what is rare is in one menu.
import { AppWindow, ArrowLeft, ChevronsDown, Maximize, Minimize } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type ReactNode, useCallback } from 'react';
import { Button } from '../components/Button.tsx';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useElementSize } from '../components/use-element-size.ts';
import { useWords } from '../i18n/index.ts';
import { ConsolePower } from './ConsolePower.tsx';
import { ConsoleSnapshots } from './ConsoleSnapshots.tsx';
import { ConsoleTitle } from './ConsoleTitle.tsx';
import type { ConsoleOf } from './console-of.ts';
import type { TakesKeys } from './keys-back.ts';
import { useKeysBack } from './use-keys-back.ts';
import { Watchers } from './Watchers.tsx';

export interface ConsoleToolbarProps {
  of: ConsoleOf;
  /** What has the keyboard of the guest; null while there is nothing to type on. */
  guest: TakesKeys | null;
  /** The tools before the snapshots, and those behind. */
  first?: ReactNode;
  children: ReactNode;
  /** Where all of them would take several lines. */
  narrow?: NarrowTools;
}

export interface NarrowTools {
  /** Instead of `first` and `children`. */
  tools: ReactNode;
  /** The others of them; called while the menu is shown. */
  rare: () => readonly MenuEntry[];
}

/** As wide as all tools of a screen are on one line; in px. */
const ALL_TOOLS_PX = 560;

export const ConsoleToolbar = observer(function ConsoleToolbar(props: ConsoleToolbarProps) {
  const { of, guest, first, children, narrow } = props;
  const { vm, known, envName, immersive, showsTools, onBack, onImmersive, onPopOut } = of;
  const t = useWords();
  const frame = useKeysBack<HTMLDivElement>(guest);
  const { ref: measured, size } = useElementSize<HTMLDivElement>();
  const takeFrame = useCallback(
    (element: HTMLDivElement | null) => {
      frame.current = element;
      measured(element);
    },
    [frame, measured],
  );
  const folded = narrow && size !== null && size.width > 0 && size.width < ALL_TOOLS_PX ? narrow : null;
  const rare = (): MenuEntry[] => {
    const popOut = onPopOut ? [{ id: 'popOut', label: t('consoles.popOut'), icon: AppWindow, run: onPopOut }] : [];
    return [...(folded?.rare() ?? []), ...popOut];
  };
  return (
    <div ref={takeFrame} hidden={immersive && !showsTools}>
      <Toolbar
        label={t('consoles.toolbar')}
        className={folded ? 'console-toolbar console-toolbar-narrow' : 'console-toolbar'}
      >
        {onBack && (
          <Button kind="quiet" icon={ArrowLeft} onPress={onBack}>
            {envName === null ? t('consoles.backToAll') : t('consoles.back', { env: envName })}
          </Button>
        )}
        {known ? <ConsoleTitle vm={known} /> : <h1 className="console-title">{vm}</h1>}
        {known && <Watchers vm={known} />}
        <span className="console-gap" />
        {!folded && first}
        {known && <ConsoleSnapshots vm={known} />}
        {known && <ConsolePower vm={known} />}
        {folded ? folded.tools : children}
        {folded && <MenuButton icon={ChevronsDown} label={t('consoles.moreTools')} entries={rare} />}
        {onPopOut && !folded && (
          <Button kind="quiet" icon={AppWindow} label={t('consoles.popOut')} onPress={onPopOut} />
        )}
        <Button
          kind="quiet"
          icon={immersive ? Minimize : Maximize}
          label={t(immersive ? 'consoles.leaveFullscreen' : 'consoles.fullscreen')}
          onPress={onImmersive}
        />
      </Toolbar>
    </div>
  );
});
