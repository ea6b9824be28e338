// Blocks of commands in a guide.
import { expect, it } from 'vitest';
import { blocksOf } from './guide-blocks.ts';

const guide = `# Guide

## First

\`\`\`sh
# Elsewhere
no
\`\`\`

## Second

Text.

\`\`\`sh
# On the server
one
two # both
\`\`\`

\`\`\`yaml
# On the server
a: 1
\`\`\`

\`\`\`sh
# At home
three
\`\`\`
`;

it('are those of the section, with the place', () => {
  expect(blocksOf(guide, 'Second')).toEqual([
    { place: 'On the server', text: 'one\ntwo # both\n' },
    { place: 'At home', text: 'three\n' },
  ]);
});

it('say where they are run, in a section that is there', () => {
  expect(() => blocksOf(guide.replace('# At home\n', ''), 'Second')).toThrow('does not say where');
  expect(() => blocksOf(guide, 'Third')).toThrow('no section');
});
