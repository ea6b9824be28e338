// One value over the last hour as a line, newest at the right; what was not measured is a gap. The drawing repeats what its words say.
import { useWords } from '../i18n/index.ts';
import { linesOf } from './lines-of.ts';

export interface HourChartProps {
  title: string;
  /** Oldest first; null: not measured. */
  values: readonly (number | null)[];
  /** How many values fill the whole width. */
  count: number;
  /** The upper end; null: the highest value. */
  top: number | null;
  format: (value: number) => string;
  /** What stands in place of the line until there is one. */
  empty: string;
}

const WIDTH = 240;
const HEIGHT = 44;
/** Above the highest value. */
const HEADROOM = 1.15;

export function HourChart({ title, values, count, top, format, empty }: HourChartProps) {
  const t = useWords();
  const known = values.filter((value) => value !== null);
  const now = values.at(-1) ?? null;
  const highest = known.length === 0 ? null : Math.max(...known);
  const lines = linesOf(values, { width: WIDTH, height: HEIGHT, count, top: top ?? (highest ?? 1) * HEADROOM });
  return (
    <figure className="hour-chart">
      <figcaption>
        <span>{title}</span>
        <span className="number">{now === null ? (values.length > 0 ? t('common.unknown') : '–') : format(now)}</span>
      </figcaption>
      <div className="hour-line" style={{ height: HEIGHT }}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" height={HEIGHT}>
          {lines.map((points) => (
            // A single value is a dot: a line to itself, with round ends.
            <polyline key={points} points={points.includes(' ') ? points : `${points} ${points}`} />
          ))}
        </svg>
        {values.length === 0 && <span className="muted small">{empty}</span>}
      </div>
      <span className="muted small hour-highest">
        {highest === null
          ? values.length > 0 && t('administration.notMeasured')
          : t('administration.highest', { value: format(highest) })}
      </span>
    </figure>
  );
}
