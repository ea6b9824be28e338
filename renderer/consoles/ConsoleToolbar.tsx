// The tools of one console: back, its machine, who looks at it, what its tab brings along, full screen. In full screen they are shown when
// they are asked for (ConsoleEdge), above the screen and not over it. Used by pointer, they leave the keyboard with the guest.
import { AppWindow, ArrowLeft, Maximize, Minimize } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import type { ReactNode } from 'react';
import { Button } from '../components/Button.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
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
}

export const ConsoleToolbar = observer(function ConsoleToolbar({ of, guest, first, children }: ConsoleToolbarProps) {
  const { vm, known, envName, immersive, showsTools, onBack, onImmersive, onPopOut } = of;
  const t = useWords();
  const frame = useKeysBack<HTMLDivElement>(guest);
  return (
    <div ref={frame} hidden={immersive && !showsTools}>
      <Toolbar label={t('consoles.toolbar')} className="console-toolbar">
        {onBack && (
          <Button kind="quiet" icon={ArrowLeft} onPress={onBack}>
            {envName === null ? t('consoles.backToAll') : t('consoles.back', { env: envName })}
          </Button>
        )}
        {known ? <ConsoleTitle vm={known} /> : <h1 className="console-title">{vm}</h1>}
        {known && <Watchers vm={known} />}
        <span className="console-gap" />
        {first}
        {known && <ConsoleSnapshots vm={known} />}
        {known && <ConsolePower vm={known} />}
        {children}
        {onPopOut && <Button kind="quiet" icon={AppWindow} label={t('consoles.popOut')} onPress={onPopOut} />}
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
