// Nothing in the window is disabled without saying why: components take `whyNot` (a reason with words in both languages), never
// a bare `isDisabled`. Read from the sources, so that what no end-to-end check looks at is held to it too.
import { expect, test } from 'vitest';
import { componentSources, isNode, nameOf, parseTsx, visit } from './tsx-nodes.ts';

/** What may disable, as an attribute or as a key of what is spread, and why it is no riddle there. */
const allowed: Readonly<Record<string, string>> = {
  'renderer/components/ListedButton.tsx: aria-disabled': 'while it is busy, which its button shows',
  'renderer/components/Menu.tsx: div aria-disabled': 'the entry shows its reason in a line of its own',
  'renderer/components/use-reason.tsx: aria-disabled': 'comes with the reason as the description',
  'renderer/snapshots/SnapshotNameField.tsx: TextField isReadOnly':
    'while the name is being given, which its line says',
};

/** Of these components `isReadOnly` goes with the reason they show; elsewhere it needs a line above. */
const showTheirReason = ['CheckField', 'Field', 'OptionalNumber', 'Radios'].map(
  (name) => `renderer/components/${name}.tsx`,
);

/** A tooltip without words is not shown; it disables nothing. */
const harmless = new Set(['TooltipTrigger']);

test('no component is disabled without a reason', () => {
  const sources = componentSources();
  // Whoever moves the components must not leave this test with nothing to read.
  expect(sources.length).toBeGreaterThan(100);
  const found = sources.flatMap(({ file, source }) => disabling(file, source));
  expect(found.filter((place) => allowed[place] === undefined)).toEqual([]);
  expect(Object.keys(allowed).filter((place) => !found.includes(place))).toEqual([]);
});

test('a bare boolean is found, written out or spread; a reason is not', () => {
  const source = `const a = <Button isDisabled={!screen} />;
    const b = <Field {...(link.up ? {} : { isDisabled: true })} />;
    const c = <button disabled />;
    const d = <Switch isReadOnly={busy} aria-disabled="true" />;
    const e = <TooltipTrigger isDisabled><Button whyNot={link.whyNot} /></TooltipTrigger>;
    function F({ isDisabled }: { isDisabled?: boolean }) { return isDisabled; }`;
  expect(disabling('a.tsx', source)).toEqual([
    'a.tsx: Button isDisabled',
    'a.tsx: isDisabled',
    'a.tsx: button disabled',
    'a.tsx: Switch isReadOnly',
    'a.tsx: Switch aria-disabled',
    'a.tsx: isDisabled',
  ]);
});

function disabling(file: string, source: string): string[] {
  const found: string[] = [];
  const add = (what: string, element = '') => found.push(`${file}: ${element}${what}`);
  visit(parseTsx(source), (node) => {
    if (node.type === 'JSXOpeningElement' && Array.isArray(node['attributes'])) {
      const element = nameOf(node);
      for (const attribute of node['attributes'].filter(isNode)) {
        const name = nameOf(attribute);
        if (disables(file, name) && !harmless.has(element)) add(name, `${element} `);
      }
    }
    // A key of an object that is spread into an element, or a component's own parameter that asks for a boolean.
    if (node.type === 'Property' && isNode(node['key'])) {
      const name = String(node['key']['name'] ?? node['key']['value']);
      if (disables(file, name)) add(name);
    }
  });
  return found;
}

function disables(file: string, name: string): boolean {
  return (
    ['isDisabled', 'disabled', 'disabledKeys', 'aria-disabled'].includes(name) ||
    (name === 'isReadOnly' && !showTheirReason.includes(file))
  );
}
