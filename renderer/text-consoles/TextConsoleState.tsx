// Above the text, why nothing comes now. The text stays: what a machine printed before it stopped is often what is looked for.
import { type ShellEnd, toErrorRecord, visible, type VmState } from '@tt/protocol';
import { CircleX, Ghost, type LucideIcon, Moon, SquareTerminal, TriangleAlert, Wrench } from 'lucide-react';
import type { Action } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { type Translate, useWords } from '../i18n/index.ts';
import type { ShellPhase } from './shell-session.ts';

/** What is at the other end. */
export type TextKind = 'serial' | 'shell';

export interface TextConsoleStateProps {
  kind: TextKind;
  phase: ShellPhase;
  vmState: VmState | undefined;
  /** Short name of the machine. */
  vm: string;
  /** null for a machine that is not stopped. */
  start: Action | null;
  onRetry: () => void;
  /** Another shell, after one that has ended. */
  onOpenAgain: () => void;
}

export function TextConsoleState(props: TextConsoleStateProps) {
  const { phase, vm, start, onRetry, onOpenAgain } = props;
  const t = useWords();
  if (phase.kind === 'connected') return null;
  const { icon: Icon, text } = lookOf(props, t);
  return (
    <div className="text-console-state" role="status" data-phase={phase.kind}>
      {Icon ? <Icon aria-hidden className="icon" /> : <Spinner />}
      <span>{text}</span>
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
      {phase.kind === 'ended' && (
        <>
          {phase.end.failure && <ErrorNotice error={phase.end.failure} />}
          <Button
            size="small"
            kind="primary"
            label={t('textConsoles.shell.openAgain')}
            shortcut="Enter"
            onPress={onOpenAgain}
          >
            {t('textConsoles.shell.openAgain')}
          </Button>
        </>
      )}
    </div>
  );
}

interface Look {
  icon?: LucideIcon;
  text: string;
}

/** Without an icon: it is being worked on. */
function lookOf({ kind, phase, vmState: state, vm }: TextConsoleStateProps, t: Translate): Look {
  switch (phase.kind) {
    case 'connected':
      return { text: '' };
    case 'connecting':
      return { text: t(`textConsoles.${kind}.connecting`, { vm }) };
    case 'gone':
      return { icon: Ghost, text: t('textConsoles.gone') };
    case 'failed':
      return { icon: CircleX, text: t(`textConsoles.${kind}.${phase.retryAt ? 'retrying' : 'refused'}`, { vm }) };
    case 'ended':
      return { icon: SquareTerminal, text: howItEnded(phase.end, t) };
    case 'off':
      if (state === 'creating') return { icon: Wrench, text: t(`textConsoles.${kind}.starting`, { vm }) };
      if (state === 'deleting') return { icon: Ghost, text: t('textConsoles.deleting', { vm }) };
      if (state === 'failed') return { icon: TriangleAlert, text: t('textConsoles.broken', { vm }) };
      return { icon: Moon, text: t(`textConsoles.${kind}.stopped`, { vm }) };
  }
}

function howItEnded({ exitCode, signal, failure }: ShellEnd, t: Translate): string {
  if (failure) return t('textConsoles.shell.notBegun');
  if (signal !== null) return t('textConsoles.shell.killed', { signal: visible(signal) });
  return t('textConsoles.shell.exited', { exitCode: String(exitCode) });
}
