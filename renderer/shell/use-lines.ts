// How many lines of the command palette are drawn now. Some forty in one piece of work, and with them the page below made inert, hold up the
// window: the field comes first, a frame later as many lines as are seen, then the others.
import { useEffect, useState } from 'react';
import { browserFrames } from '../components/frames.ts';

/** More than are in sight. */
const IN_SIGHT = 16;

/** Lines that may be drawn for `query`. What was typed is answered at once, but for the lines out of sight. */
export function useLines(query: string): number {
  const [drawn, setDrawn] = useState<{ query: string; most: number }>({ query, most: 0 });
  const most = drawn.query === query ? drawn.most : IN_SIGHT;
  useEffect(() => {
    if (most === Number.POSITIVE_INFINITY) return;
    return browserFrames(() => setDrawn({ query, most: most === 0 ? IN_SIGHT : Number.POSITIVE_INFINITY }));
  }, [query, most]);
  return most;
}

/** The first `most` lines of the groups. */
export function firstLines<Group extends { commands: readonly unknown[] }>(
  groups: readonly Group[],
  most: number,
): Group[] {
  let left = most;
  return groups.flatMap((group) => {
    if (left <= 0) return [];
    const commands = group.commands.slice(0, left);
    left -= commands.length;
    return [{ ...group, commands }];
  });
}
