// Pure: comparisons as a table for people.
import { type Comparison, short, verdict } from './comparison.ts';

const HEAD = ['what', 'ours', 'peer', 'ratio', 'goal', ''];

export function tableText(comparisons: readonly Comparison[]): string {
  const rows = [HEAD, ...comparisons.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

function cells(comparison: Comparison): string[] {
  const { what, ours, peer, ratio, goal, unit } = comparison;
  const suffix = unit === undefined ? 'x' : ` ${unit}`;
  const sign = goal?.kind === 'atLeast' ? '>=' : '<=';
  return [
    what,
    ours,
    peer,
    ratio === null ? '' : `${short(ratio)}${suffix}`,
    goal === null ? '' : `${sign} ${goal.value}${suffix}`,
    verdict(comparison),
  ];
}
