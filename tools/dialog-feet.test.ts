// Every dialog has the same foot (renderer/components/DialogFoot.tsx): what it is for at the right end, Cancel beside it, and never the
// focus on what deletes.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const sources = globSync('renderer/**/*.tsx', { cwd: root })
  .filter((file) => !file.includes('.test.') && !file.endsWith('/DialogFoot.tsx'))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

/** What each foot of a source begins with, as a property or as an element of a sheet. */
function feetOf(text: string): string[] {
  const properties = [...text.matchAll(/\bfoot=\{\s*([^\s>]*)/g)].map(([, first = '']) => first);
  const sheets = [...text.matchAll(/<footer className="dialog-foot[^>]*>(.*?)<\/footer>/gs)]
    // The frame of all dialogs puts in what it is given.
    .filter(([, content = '']) => content.trim() !== '{foot}')
    .map(([, content = '']) => /<(DialogFoot|CloseFoot)\b/.exec(content)?.[0] ?? content);
  return [...properties, ...sheets];
}

test('each foot is one of the two', () => {
  const feet = sources.flatMap(({ file, text }) => feetOf(text).map((foot) => ({ file, foot })));
  expect(feet.length).toBeGreaterThan(25);
  expect(feet.filter(({ foot }) => !/^<(DialogFoot|CloseFoot)$/.test(foot))).toEqual([]);
});

test('a foot that is none would be found', () => {
  expect(feetOf('<Dialog foot={<>\n<Button />')).toEqual(['<']);
  expect(feetOf('<footer className="dialog-foot sheet-foot"><Button /></footer>')).toEqual(['<Button />']);
});

test('nothing that deletes has the focus from the start', () => {
  const buttons = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/<Button\b(?:[^>{]|\{[^}]*\}|=>)*>/g)].map(([button]) => ({ file, button })),
  );
  expect(buttons.length).toBeGreaterThan(100);
  expect(buttons.filter(({ button }) => /kind="danger"/.test(button) && /autoFocus/.test(button))).toEqual([]);
});
