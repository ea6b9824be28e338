// The palette opens with its field alone, and its lines are cut where a piece ends.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { firstLines, useLines } from './use-lines.ts';

test('while it opens no line is drawn yet', () => {
  function Lines() {
    return <>{useLines('')}</>;
  }
  expect(renderToStaticMarkup(<Lines />)).toBe('0');
});

test('a piece ends within a group, and groups after it are left out', () => {
  const groups = [
    { group: 'go', commands: [1, 2, 3] },
    { group: 'envs', commands: [4, 5] },
    { group: 'images', commands: [6] },
  ];
  expect(firstLines(groups, 4)).toEqual([
    { group: 'go', commands: [1, 2, 3] },
    { group: 'envs', commands: [4] },
  ]);
  expect(firstLines(groups, 5)).toEqual(groups.slice(0, 2));
  expect(firstLines(groups, Number.POSITIVE_INFINITY)).toEqual(groups);
});
