// docs/man/ says what the commands of the agent and the proxy say, in roff that means what it looks like.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { agentManPage } from '../agent/command/man-page.ts';
import { program as agentProgram } from '../agent/command/program.ts';
import { manPages } from './man-pages.ts';

const pages = await manPages();

it.each([...pages.keys()])('%s is as `npm run man` writes it', (name) => {
  const file = path.resolve(import.meta.dirname, '../docs/man', name);
  expect(readFileSync(file, 'utf8')).toBe(pages.get(name));
});

it.each([...pages.keys()])('no line of %s is taken for a command of roff by chance', (name) => {
  const odd = pages
    .get(name)
    ?.split('\n')
    .filter((line) => /^[.']/.test(line) && !/^\.(\\"|TH|SH|SS|TP|PP|B|BR|I|RI|nf|fi)/.test(line));
  expect(odd).toEqual([]);
});

it('names the options of the configuration once, and those of single commands beside them', () => {
  const page = agentManPage(agentProgram('main.ts'));
  expect(page.match(/^\.B \\-\\-home /gm)).toHaveLength(1);
  expect(page).toContain('.SS tt\\-agent user add <name>');
  expect(page.indexOf('.B \\-\\-role ')).toBeLessThan(page.indexOf('.SH CONFIGURATION OPTIONS'));
});
