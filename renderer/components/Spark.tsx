// The last minute of one metric as a small line, newest at the right. Decoration: the number stands beside it.
export interface SparkProps {
  /** Oldest first. */
  values: readonly number[];
  /** The value at the top of the line's box. */
  top: number;
  /** How many values fill the whole width. */
  count: number;
}

const WIDTH = 60;
const HEIGHT = 14;

export function Spark({ values, top, count }: SparkProps) {
  const step = WIDTH / (count - 1);
  const left = WIDTH - (values.length - 1) * step;
  const points = values.map((value, index) => {
    const share = Math.min(1, Math.max(0, value / Math.max(top, 1)));
    return `${(left + index * step).toFixed(1)},${(HEIGHT - 1 - share * (HEIGHT - 2)).toFixed(1)}`;
  });
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      height={HEIGHT}
      aria-hidden="true"
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
