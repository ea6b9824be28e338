// Lines of OpenSSH’s ssh_config(5): words, quotes, patterns. Pure.

export interface ConfigLine {
  /** Counted from 1. */
  line: number;
  /** As it was written; compared without regard to case. */
  keyword: string;
  words: string[];
}

/** Lines without a keyword are left out. A quote that does not end lasts to the end of its line, as a file that is being written has. */
export function configLines(text: string): ConfigLine[] {
  return text.split(/\r?\n/).flatMap((written, index) => {
    const match = /^\s*([^\s=#"]+)(?:\s*=\s*|\s+|$)(.*)$/.exec(written);
    const [, keyword, rest = ''] = match ?? [];
    return keyword === undefined ? [] : [{ line: index + 1, keyword, words: wordsOf(rest) }];
  });
}

/** Words may stand in quotes, where a backslash takes the meaning of a quote or of itself away; `#` before a word begins a comment. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === '' && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === '' && word === null && char === '#') return words;
    else if (char === '\\' && isEscaped(next, quote)) {
      word = (word ?? '') + next;
      at++;
    } else if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else word = (word ?? '') + char;
  }
  return word === null ? words : [...words, word];
}

function isEscaped(next: string, quote: string): boolean {
  return next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' ');
}

/** Whether a name fits one of the patterns, and none that begins with `!`. */
export function fitsPatterns(patterns: readonly string[], name: string): boolean {
  const fits = (pattern: string) => fitsPattern(pattern, name);
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern));
}

/** `*` and `?` as in file names. Takes time in proportion to both lengths, whatever is written. */
function fitsPattern(pattern: string, name: string): boolean {
  let [at, from, star, retry] = [0, 0, -1, 0];
  while (from < name.length) {
    const char = pattern.charAt(at);
    if (char === '*') {
      star = at++;
      retry = from;
    } else if (char !== '' && (char === '?' || char === name.charAt(from))) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++retry;
    } else return false;
  }
  while (pattern.charAt(at) === '*') at++;
  return at === pattern.length;
}

/** What names of this kind may be: a word without wildcards is the name of one server, which windows can suggest. */
export function isPlainName(word: string): boolean {
  return /^[\w.:-]{1,253}$/.test(word);
}
