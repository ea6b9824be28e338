// The line below a console: where the keys go. In full screen it has the way to the tools and out again, so that nothing has to lie
// over the guest's screen.
import { Minimize, Wrench } from 'lucide-react';
import { Button } from '../components/Button.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useWords } from '../i18n/index.ts';
import type { ConsoleOf } from './console-of.ts';
import type { TakesKeys } from './keys-back.ts';
import { useKeysBack } from './use-keys-back.ts';

export interface ConsoleEdgeProps {
  of: ConsoleOf;
  /** null: there is nothing to say now. */
  words: string | null;
  keysToGuest: boolean;
  /** What has the keyboard of the guest; null while there is nothing to type on. */
  guest: TakesKeys | null;
}

export function ConsoleEdge({ of, words, keysToGuest, guest }: ConsoleEdgeProps) {
  const { immersive, showsTools, onTools, onImmersive } = of;
  const t = useWords();
  const frame = useKeysBack<HTMLDivElement>(guest);
  return (
    <div ref={frame} className="console-edge" data-keys={keysToGuest || undefined}>
      {/* A space keeps its height: the screen must not jump when the words come. */}
      <p role="status">{words ?? '\u00a0'}</p>
      {immersive && (
        <Toolbar label={t('consoles.edgeTools')} className="console-edge-tools">
          <Button kind="quiet" size="small" icon={Wrench} aria-expanded={showsTools} onPress={onTools}>
            {t('consoles.tools')}
          </Button>
          <Button kind="quiet" size="small" icon={Minimize} onPress={onImmersive}>
            {t('consoles.leaveFullscreen')}
          </Button>
        </Toolbar>
      )}
    </div>
  );
}
