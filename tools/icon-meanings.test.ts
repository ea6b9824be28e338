// One icon, one meaning over the whole window: every icon that is imported has its meaning in renderer/components/icon-meanings.ts, no two
// mean the same, and an action has the icon that its meaning says, in whichever list it stands.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { iconMeanings } from '../renderer/components/icon-meanings.ts';

const root = path.resolve(import.meta.dirname, '..');
const sources = globSync('renderer/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .map((file) => readFileSync(path.join(root, file), 'utf8'));

/** An action that has one icon here and another one there, and why that is no riddle. */
const twice: Readonly<Record<string, string>> = {
  edit: 'a template is edited as a text, other things in fields',
  stop: 'a machine is switched off, a command is not',
  rename: 'a snapshot gets its name where it stands, other things in a dialog',
};

function importedIcons(source: string): string[] {
  const lists = [...source.matchAll(/import \{([^}]*)\} from 'lucide-react'/g)].map(([, names = '']) => names);
  const names = lists.flatMap((list) => list.split(',').map((name) => name.trim()));
  return names.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => name.split(' as ')[0] ?? name);
}

/** Id and icon of each action that is written out. */
function actionIcons(source: string): [id: string, icon: string][] {
  const found = source.matchAll(/\bid: '([\w.]+)'(?:(?!\bid: ')[\s\S])*?\bicon: ([A-Z]\w*)/g);
  return [...found].map(([, id = '', icon = '']) => [id, icon]);
}

const imported = new Set(sources.flatMap(importedIcons));
const pairs = sources.flatMap(actionIcons);

test('every icon has a meaning, and no meaning is of an icon that nobody shows', () => {
  expect(imported.size).toBeGreaterThan(50);
  expect([...imported].toSorted()).toEqual(Object.keys(iconMeanings).toSorted());
});

test('no two icons mean the same', () => {
  const meanings = Object.values(iconMeanings).map(({ means }) => means);
  expect(meanings.filter((means, at) => meanings.indexOf(means) !== at)).toEqual([]);
});

test('an action shows the icon that stands for it, everywhere', () => {
  expect(pairs.length).toBeGreaterThan(30);
  const odd = pairs.filter(([id, icon]) => !iconMeanings[icon]?.verbs?.includes(id));
  expect(odd).toEqual([]);
  const verbs = Object.values(iconMeanings).flatMap(({ verbs: ids = [] }) => ids);
  expect(verbs.filter((id, at) => verbs.indexOf(id) !== at).toSorted()).toEqual(Object.keys(twice).toSorted());
  const shown = new Set(pairs.map(([id]) => id));
  expect(verbs.filter((id) => !shown.has(id))).toEqual([]);
});

test('nothing that does something looks like a box to tick', () => {
  expect([...imported].filter((icon) => /^(?:Check)?Square(?:Check|Dashed)?$/.test(icon))).toEqual([]);
});

test('icons are found as they are written', () => {
  const source = `import { Trash2, type LucideIcon, History as HistoryIcon } from 'lucide-react';
    const actions = { a: { id: 'a', label: t('x', { n: 1 }), icon: Trash2, run }, b: { id: 'b', run }, c: { id: 'c', icon: X } };`;
  expect(importedIcons(source)).toEqual(['Trash2', 'History']);
  expect(actionIcons(source)).toEqual([
    ['a', 'Trash2'],
    ['c', 'X'],
  ]);
});
