// How full something is, as a short bar; parts that come on top (what-if) and what does not fit stand in their own colour.
import { Meter } from 'react-aria-components';

export interface MeterBarProps {
  /** Accessible name with the numbers in words. */
  label: string;
  total: number;
  used: number;
  /** What would come on top. */
  wanted?: number;
}

export function MeterBar({ label, total, used, wanted = 0 }: MeterBarProps) {
  // Without a what-if there is nothing that does not fit: more allocated than there is counts as full.
  const scale = wanted > 0 ? Math.max(total, used + wanted, 1) : Math.max(total, 1);
  const percent = (value: number) => `${(value / scale) * 100}%`;
  const over = wanted > 0 ? Math.max(0, used + wanted - total) : 0;
  const level = total > 0 && used / total >= 0.9 ? 'high' : 'normal';
  return (
    <Meter className="meter" aria-label={label} value={Math.min(used + wanted, scale)} maxValue={scale}>
      <span className="meter-track" data-level={level}>
        <span className="meter-used" style={{ width: percent(Math.min(used, total)) }} />
        <span className="meter-wanted" style={{ width: percent(Math.max(0, wanted - over)) }} />
        <span className="meter-over" style={{ width: percent(over) }} />
      </span>
    </Meter>
  );
}
