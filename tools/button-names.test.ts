// What is written on a button is part of its name, in both languages: who speaks to the window says what they see
// (WCAG 2.5.3). Read from the sources, so that buttons no end-to-end check looks at are held to it too.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../renderer/i18n/en/index.ts';
import { zhCN } from '../renderer/i18n/zh-CN/index.ts';
import { componentSources, isNode, nameOf, parseTsx, visit } from './tsx-nodes.ts';

const root = path.resolve(import.meta.dirname, '..');
const catalogues: readonly unknown[] = [en, zhCN];

/** Keys of the words that name a button and of those on it; where each is a choice, the first goes with the first. */
interface NamedButton {
  file: string;
  names: string[];
  written: string[];
}

test('the name of a button holds what is written on it', () => {
  const buttons = componentSources().flatMap(({ file, source }) => namedButtons(file, source));
  // Whoever renames the component must not leave this test with nothing to read.
  expect(buttons.length).toBeGreaterThan(12);
  expect(buttons.flatMap(mismatches)).toEqual([]);
});

test('a name that says something else is found, of buttons only', () => {
  const buttons = namedButtons(
    'a.tsx',
    `const a = <Button aria-label={t(is ? 'labs.openAdminOf' : 'labs.publishOf', { name })}>
      {is ? t('labs.openAdmin') : t('labs.deleteLab')}
    </Button>;
    const b = <p aria-label={t('labs.title')}>{t('labs.make')}</p>;`,
  );
  expect(buttons.flatMap(mismatches)).toEqual([
    'a.tsx: “Publish {{profile}}” lacks “Delete lab…”',
    'a.tsx: “发布 {{profile}}” lacks “删除实验室…”',
  ]);
});

function mismatches({ file, names, written }: NamedButton): string[] {
  return catalogues.flatMap((catalogue) =>
    written.flatMap((key, index) => {
      const name = textOf(catalogue, names[index] ?? names[0] ?? '') ?? '';
      const text = textOf(catalogue, key) ?? '';
      return plain(name).includes(plain(text)) ? [] : [`${file}: “${name}” lacks “${text}”`];
    }),
  );
}

/** As axe compares: without case, signs and what is between words. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}{}]+/gu, ' ')
    .trim();
}

function namedButtons(file: string, source: string): NamedButton[] {
  const found: NamedButton[] = [];
  visit(parseTsx(source), (node) => {
    const { openingElement: head, children } = node;
    if (node.type !== 'JSXElement' || !isNode(head) || !Array.isArray(head['attributes'])) return;
    const attributes = head['attributes'].filter(isNode);
    if (nameOf(head) === 'ActionButton') {
      const named = keysIn(attributes.find((attribute) => nameOf(attribute) === 'aria-label'));
      const label = labelOfAction(
        file,
        attributes.find((attribute) => nameOf(attribute) === 'action'),
      );
      if (named.length > 0 && label !== null) found.push({ file, names: named, written: [label] });
      return;
    }
    if (!/^(Aria)?Button$/.test(nameOf(head))) return;
    const naming = ['aria-label', 'label'].map((name) => attributes.find((attribute) => nameOf(attribute) === name));
    const names = keysIn(naming.find((attribute) => attribute !== undefined));
    const written = keysIn(children);
    if (names.length > 0 && written.length > 0) found.push({ file, names, written });
  });
  return found;
}

/** What is written on the button of `can.openAdmin`: its label in the actions of the file's folder. */
function labelOfAction(file: string, action: unknown): string | null {
  let name = '';
  visit(action, ({ type, property }) => {
    if (type === 'MemberExpression' && isNode(property)) name = String(property['name']);
  });
  for (const actions of globSync(`${path.dirname(file)}/*actions.ts`, { cwd: root })) {
    const text = readFileSync(path.join(root, actions), 'utf8');
    const label = new RegExp(`\\b${name}: \\{[^}]*?label: t\\('([^']+)'`).exec(text)?.[1];
    if (name !== '' && label !== undefined) return label;
  }
  return null;
}

function keysIn(part: unknown): string[] {
  const keys: string[] = [];
  visit(part, ({ type, value }) => {
    if (type === 'Literal' && typeof value === 'string' && textOf(en, value) !== undefined) keys.push(value);
  });
  return keys;
}

function textOf(catalogue: unknown, key: string): string | undefined {
  let part = catalogue;
  for (const step of key.split('.')) {
    if (typeof part !== 'object' || part === null) return undefined;
    part = new Map<string, unknown>(Object.entries(part)).get(step);
  }
  return typeof part === 'string' ? part : undefined;
}
