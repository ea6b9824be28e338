// Pure: lines and columns of a text, for the editor of YAML.

/** The place in the text; the end of the line for a column beyond it. `line` and `column` count from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(before + Math.min(column - 1, lines[line - 1]?.length ?? 0), text.length);
}

export interface GutterPart {
  /** Its first line. */
  first: number;
  /** One number a line, each with its line break. */
  numbers: string;
  /** It is one line with a problem. */
  isWrong: boolean;
}

/** Line numbers, cut only where a line has a problem: a long text is not an element for each line. */
export function gutterParts(text: string, problems: readonly { line: number }[]): GutterPart[] {
  const count = text.split('\n').length;
  const wrong = [...new Set(problems.map(({ line }) => Math.min(line, count)))].toSorted((a, b) => a - b);
  const parts: GutterPart[] = [];
  let first = 1;
  const add = (end: number, isWrong: boolean) => {
    if (end < first) return;
    const numbers = Array.from({ length: end - first + 1 }, (_, index) => `${first + index}\n`).join('');
    parts.push({ first, numbers, isWrong });
    first = end + 1;
  };
  for (const line of wrong) {
    add(line - 1, false);
    add(line, true);
  }
  add(count, false);
  return parts;
}
