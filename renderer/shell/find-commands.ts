// Which lines of the palette hold what was typed, best first: found by their words, and worked out only as far as they are shown.
import type { Command } from './command.ts';
import type { Thing } from './named-things.ts';

/** A thing with what its lines are found by. */
export interface Findable {
  commands: Thing['commands'];
  /** In lower case. */
  lines: readonly { id: string; text: string }[];
}

/** Of so many things of a group it is worked out what can be done now, to put that first; further ones keep their place behind them. */
export const MOST_WORKED_OUT = 500;

export function findable({ lines, commands }: Thing): Findable {
  return { commands, lines: lines().map(({ id, label }) => ({ id, text: label.toLowerCase() })) };
}

/**
 * The first `most` commands of things of one group that hold every typed word, in any order, best first: what can be done now, and
 * of that what begins with what was typed, then what has the words at the beginning of its own, then what was run before
 * (`recentIds`, the last one first).
 */
export function findCommands(
  things: readonly Findable[],
  query: string,
  recentIds: readonly string[] = [],
  most = Number.POSITIVE_INFINITY,
): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const begin = words.join(' ');
  // One that holds what stands between words begins none.
  const mayBegin = !words.some((word) => BETWEEN_WORDS.test(word));
  const places = new Map(recentIds.map((id, place) => [id, place]));
  const found: { thing: Findable; at: number; rank: number }[] = [];
  for (const thing of things) {
    for (const [at, { id, text }] of thing.lines.entries()) {
      if (!words.every((word) => text.includes(word))) continue;
      const isAtWords = mayBegin && words.every((word) => isAtWord(text, word));
      const ofWords = (text.startsWith(begin) ? 0 : 2) + (isAtWords ? 0 : 1);
      found.push({ thing, at, rank: ofWords * (recentIds.length + 1) + (places.get(id) ?? recentIds.length) });
    }
  }
  const allowed: Command[] = [];
  const refused: Command[] = [];
  const worked = new Map<Findable, Command[]>();
  for (const { thing, at } of found.toSorted((a, b) => a.rank - b.rank)) {
    const isEnough = worked.size >= MOST_WORKED_OUT && allowed.length + refused.length >= most;
    if (allowed.length >= most || isEnough) break;
    const commands = worked.get(thing) ?? thing.commands();
    worked.set(thing, commands);
    const command = commands[at];
    if (command) (command.whyNot === null ? allowed : refused).push(command);
  }
  return [...allowed, ...refused].slice(0, most);
}

const BETWEEN_WORDS = /[\s/“”"'(:-]/;

/** Whether a word of the text begins with it. */
function isAtWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0 || BETWEEN_WORDS.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
