// Says that the time of an ENV is over and it was stopped; extending it is offered beside.
import type { Env } from '@tt/protocol';
import { AlarmClockOff } from 'lucide-react';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';

export function ExpiredBadge({ env }: { env: Env }) {
  const t = useWords();
  const format = useFormat();
  return (
    <span className="badge badge-warning" title={t('endings.overAt', { time: format.time(env.endAt) })}>
      <AlarmClockOff aria-hidden className="icon" />
      {t('endings.expired')}
    </span>
  );
}
