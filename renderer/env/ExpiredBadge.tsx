// Says that an ENV has expired and was stopped; the button to extend it is beside.
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
