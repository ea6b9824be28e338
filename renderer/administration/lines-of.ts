// Pure: values over time -> the points of SVG polylines. Values that are not known part one line from the next.

export interface ChartSize {
  width: number;
  height: number;
  /** How many values fill the whole width; fewer stand at the right. */
  count: number;
  /** The value at the upper edge. */
  top: number;
}

export function linesOf(values: readonly (number | null)[], { width, height, count, top }: ChartSize): string[] {
  const step = width / Math.max(1, count - 1);
  const left = width - (values.length - 1) * step;
  const lines: string[][] = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const share = top <= 0 ? 0 : Math.min(1, Math.max(0, value / top));
    // A line at either edge would be cut in half.
    const point = `${(left + index * step).toFixed(1)},${(height - 1 - share * (height - 2)).toFixed(1)}`;
    if (isOpen) lines.at(-1)?.push(point);
    else lines.push([point]);
    isOpen = true;
  }
  return lines.map((points) => points.join(' '));
}
