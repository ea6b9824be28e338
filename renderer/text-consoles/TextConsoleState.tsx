// Above the text, why nothing comes now. The text stays: what a machine printed before it stopped is often what is looked for.
import { toErrorRecord, type VmState } from '@tt/protocol';
import { CircleX, Ghost, type LucideIcon, Moon, TriangleAlert, Wrench } from 'lucide-react';
import type { Action } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import type { ConsolePhase } from '../consoles/console-session.ts';
import { useWords, type Word } from '../i18n/index.ts';

export interface TextConsoleStateProps {
  phase: ConsolePhase;
  vmState: VmState | undefined;
  /** Short name of the machine. */
  vm: string;
  /** null for a machine that is not stopped. */
  start: Action | null;
  onRetry: () => void;
}

export function TextConsoleState({ phase, vmState, vm, start, onRetry }: TextConsoleStateProps) {
  const t = useWords();
  if (phase.kind === 'connected') return null;
  const { icon: Icon, words } = lookOf(phase, vmState);
  return (
    <div className="text-console-state" role="status" data-phase={phase.kind}>
      {Icon ? <Icon aria-hidden className="icon" /> : <Spinner />}
      <span>{t(words, { vm })}</span>
      {phase.kind === 'off' && start && (
        <Button size="small" kind="primary" whyNot={start.whyNot} onPress={start.run}>
          {t('consoles.start', { vm })}
        </Button>
      )}
      {phase.kind === 'failed' && (
        <>
          <ErrorNotice error={toErrorRecord(phase.error)} />
          <Button size="small" onPress={onRetry}>
            {t('consoles.retryNow')}
          </Button>
        </>
      )}
    </div>
  );
}

/** Without an icon: it is being worked on. */
function lookOf(phase: ConsolePhase, state: VmState | undefined): { icon?: LucideIcon; words: Word } {
  if (phase.kind === 'gone') return { icon: Ghost, words: 'textConsoles.gone' };
  if (phase.kind === 'failed')
    return { icon: CircleX, words: phase.retryAt ? 'textConsoles.retrying' : 'textConsoles.refused' };
  if (phase.kind !== 'off') return { words: 'textConsoles.connecting' };
  if (state === 'creating') return { icon: Wrench, words: 'textConsoles.starting' };
  if (state === 'deleting') return { icon: Ghost, words: 'textConsoles.deleting' };
  if (state === 'failed') return { icon: TriangleAlert, words: 'textConsoles.broken' };
  return { icon: Moon, words: 'textConsoles.stopped' };
}
