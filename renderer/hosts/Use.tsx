// How much of something is used, as a bar with its numbers and, where there is more to say, a note below.
import type { ReactNode } from 'react';
import { MeterBar } from '../components/MeterBar.tsx';
import { useWords } from '../i18n/index.ts';

export interface UseProps {
  name: string;
  used: number;
  total: number;
  format: (value: number) => string;
  children?: ReactNode;
}

export function Use({ name, used, total, format, children }: UseProps) {
  const t = useWords();
  const words = t('hosts.of', { used: format(used), total: format(total) });
  return (
    <div className="host-use">
      <div className="what-if-words">
        <span>{name}</span>
        <span className="number muted">{words}</span>
      </div>
      <MeterBar label={`${name}: ${words}`} used={used} total={total} />
      {children !== undefined && <span className="muted small">{children}</span>}
    </div>
  );
}
