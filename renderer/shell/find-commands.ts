// Which lines of the palette hold what was typed, best first: found by their words, and worked out only as far as they are shown.
import type { Command } from './command.ts';
import type { Thing } from './named-things.ts';

/** A thing with what its commands are found by. */
export interface Findable extends Pick<Thing, 'of' | 'ids' | 'commands'> {
  /** Their labels in lower case. */
  texts: readonly string[];
}

/** Of so many things of a group it is worked out what can be done now, to put that first; further ones keep their place behind them. */
export const MOST_WORKED_OUT = 500;

export function findable({ of, ids, labels, commands }: Thing): Findable {
  return { of, ids, commands, texts: labels().map((label) => label.toLowerCase()) };
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
  const recentThings = new Set(recentIds.map((id) => id.slice(id.indexOf(':') + 1)));
  // Not sorted: with one letter typed there may be 30 000.
  const byRank: { thing: Findable; at: number }[][] = [];
  for (const thing of things) {
    const ids = recentThings.has(thing.of) ? thing.ids() : [];
    for (let at = 0; at < thing.texts.length; at++) {
      const text = thing.texts[at] ?? '';
      if (!holdsAll(text, words)) continue;
      const ofWords = (text.startsWith(begin) ? 0 : 2) + (mayBegin && areAtWords(text, words) ? 0 : 1);
      const rank = ofWords * (recentIds.length + 1) + (places.get(ids[at] ?? '') ?? recentIds.length);
      byRank[rank] ??= [];
      byRank[rank].push({ thing, at });
    }
  }
  const allowed: Command[] = [];
  const refused: Command[] = [];
  const worked = new Map<Findable, Command[]>();
  for (const { thing, at } of byRank.flat()) {
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

function holdsAll(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!text.includes(word)) return false;
  return true;
}

/** Whether each begins a word of the text. */
function areAtWords(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!isAtWord(text, word)) return false;
  return true;
}

/** Whether a word of the text begins with it. */
function isAtWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0 || BETWEEN_WORDS.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
