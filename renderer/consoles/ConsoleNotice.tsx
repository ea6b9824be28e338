// What stands where the guest's screen would be: each reason for having no picture has its own icon and words.
import { toErrorRecord, type VmState } from '@tt/protocol';
import { CircleX, Ghost, type LucideIcon, Moon, TriangleAlert, Unplug, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Action } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords, type Word } from '../i18n/index.ts';
import type { ConsolePhase } from './console-session.ts';

export interface ConsoleNoticeProps {
  phase: ConsolePhase;
  /** Whether the agent is there at all. */
  isLinkUp: boolean;
  vmState: VmState | undefined;
  /** Short name of the machine. */
  vm: string;
  /** null for a machine that is not stopped. */
  start: Action | null;
  onRetry: () => void;
}

export function ConsoleNotice({ phase, isLinkUp, vmState, vm, start, onRetry }: ConsoleNoticeProps) {
  const t = useWords();
  if (phase.kind === 'connected') return null;
  // Why, and when it is tried again, is said once for the whole window: above it.
  if (!isLinkUp && (phase.kind === 'connecting' || phase.kind === 'failed')) {
    return (
      <Notice picture={<Picture icon={Unplug} />} title={t('consoles.failed', { vm })}>
        <p>{t('consoles.linkDownHint')}</p>
      </Notice>
    );
  }
  if (phase.kind === 'connecting') {
    return (
      <Notice picture={<Spinner size={28} />} title={t('consoles.connecting', { vm })}>
        <p>{t('consoles.connectingHint')}</p>
      </Notice>
    );
  }
  if (phase.kind === 'gone') {
    return (
      <Notice picture={<Picture icon={Ghost} />} title={t('consoles.gone')}>
        <p>{t('consoles.goneHint')}</p>
      </Notice>
    );
  }
  if (phase.kind === 'failed') {
    return (
      <Notice picture={<Picture icon={CircleX} />} title={t('consoles.failed', { vm })}>
        <ErrorNotice error={toErrorRecord(phase.error)} />
        {phase.retryAt && <p>{t('consoles.retryAt')}</p>}
        <Button onPress={onRetry}>{t('consoles.retryNow')}</Button>
      </Notice>
    );
  }
  const { icon, title, hint } = noticeWords(vmState);
  return (
    <Notice picture={<Picture icon={icon} />} title={t(title, { vm })}>
      <p>{t(hint)}</p>
      {start && (
        <Button kind="primary" whyNot={start.whyNot} onPress={start.run}>
          {t('consoles.start', { vm })}
        </Button>
      )}
    </Notice>
  );
}

function noticeWords(state: VmState | undefined): { icon: LucideIcon; title: Word; hint: Word } {
  if (state === 'creating') return { icon: Wrench, title: 'consoles.starting', hint: 'consoles.startingHint' };
  if (state === 'deleting') return { icon: Ghost, title: 'consoles.deleting', hint: 'consoles.deletingHint' };
  if (state === 'failed') return { icon: TriangleAlert, title: 'consoles.broken', hint: 'consoles.brokenHint' };
  return { icon: Moon, title: 'consoles.stopped', hint: 'consoles.stoppedHint' };
}

function Picture({ icon: Icon }: { icon: LucideIcon }) {
  return <Icon aria-hidden className="console-picture" />;
}

function Notice({ picture, title, children }: { picture: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="console-notice" role="status">
      {picture}
      <h2>{title}</h2>
      {children}
    </div>
  );
}
