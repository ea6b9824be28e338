// The tools of one console: back, its machine, what its tab brings along, full screen. It hides itself in full screen (consoles.css).
import { ArrowLeft, Maximize, Minimize } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../components/Button.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useWords } from '../i18n/index.ts';
import { ConsoleSnapshots } from './ConsoleSnapshots.tsx';
import { ConsoleTitle } from './ConsoleTitle.tsx';
import { ConsoleViewers } from './ConsoleViewers.tsx';
import type { ConsoleOf } from './console-of.ts';

export interface ConsoleToolbarProps {
  of: ConsoleOf;
  /** The tools before the snapshots, and those behind. */
  first?: ReactNode;
  children: ReactNode;
}

export function ConsoleToolbar({ of, first, children }: ConsoleToolbarProps) {
  const { vm, known, envName, immersive, onBack, onImmersive } = of;
  const t = useWords();
  return (
    <Toolbar label={t('consoles.toolbar')} className="console-toolbar">
      <Button kind="quiet" icon={ArrowLeft} onPress={onBack}>
        {envName === null ? t('consoles.backToAll') : t('consoles.back', { env: envName })}
      </Button>
      {known ? <ConsoleTitle vm={known} /> : <h1 className="console-title">{vm}</h1>}
      {known && <ConsoleViewers vm={known} />}
      <span className="console-gap" />
      {first}
      {known && <ConsoleSnapshots vm={known} />}
      {children}
      <Button
        kind="quiet"
        icon={immersive ? Minimize : Maximize}
        label={t(immersive ? 'consoles.leaveFullscreen' : 'consoles.fullscreen')}
        onPress={onImmersive}
      />
    </Toolbar>
  );
}
