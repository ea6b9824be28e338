// Rows: what is held against which goal.
import { expect, it } from 'vitest';
import { verdict } from '../comparison.ts';
import { outputRows, rateRow, warmRows } from './rows.ts';

it('holds commands against parallel-ssh and kept connections', () => {
  const rows = warmRows({ parallel: [1000], kept: [300], tt: [400, 340, 350], api: [250], apiOverSsh: [330] });
  expect(rows.map(({ ratio, goal }) => [ratio, goal?.value])).toEqual([
    [0.35, 0.35],
    [350 / 300, 1.2],
    [0.25, undefined],
    [250 / 300, undefined],
    [1.1, undefined],
  ]);
});

it('holds the memory of the agent against bytes, which noise does not excuse', () => {
  const [time, memory] = outputRows('100 MiB', {
    ttMs: [1000],
    sshMs: [1000],
    memory: { idleMiB: 100, mostMiB: 165 },
  });
  expect([time, memory].map((row) => row && verdict(row))).toEqual(['ok', 'MISSES']);
});

it('gives rates, of which more is better', () => {
  const { ours, peer, ratio } = rateRow('one', 4, { ttMs: [2000], sshMs: [500], memory: null });
  expect([ours, peer, ratio]).toEqual(['2.00 MiB/s', '8.00 MiB/s', 0.25]);
});
