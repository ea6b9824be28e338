// No call of the contract is only for the window: each has a command that is there and makes it, or a reason why it has none.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { contract } from '@tt/protocol';
import { expect, it } from 'vitest';
import { leavesOf } from './command-tree.ts';
import { commandsOfCalls } from './contract-commands.ts';
import { allCommands } from './program.ts';

const root = path.resolve(import.meta.dirname, '..');
const table = Object.entries(commandsOfCalls).flatMap(([group, methods]) =>
  Object.entries(methods).map(([method, answer]) => ({ call: `${group}.${method}`, answer })),
);

it('names the calls of the contract, all of them and no other', () => {
  const calls = Object.entries(contract).flatMap(([group, methods]) =>
    Object.keys(methods).map((method) => `${group}.${method}`),
  );
  expect(table.map(({ call }) => call).sort()).toEqual(calls.sort());
});

it('names commands that there are, and says why where there is none', async () => {
  const commands = new Set(leavesOf(await allCommands()).map(({ words }) => words));
  const odd = table.filter(({ answer }) =>
    typeof answer === 'string' ? !commands.has(answer) : answer.why.length < 20,
  );
  expect(odd).toEqual([]);
});

it('names only calls that the sources of tt make', () => {
  const files = [
    ...globSync('cli/**/*.ts', { cwd: root }),
    'client/transfer.ts',
    'client/find-guest-files.ts',
    'client/node/run-output.ts',
  ].filter((file) => !file.includes('node_modules') && !/(\.test|test-\w+|contract-commands)\.ts$/.test(file));
  const sources = files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
  // `calls`: those of one noun, handed on.
  const isMade = (call: string) =>
    [`client.${call}(`, `'${call}'`, `calls.${call.split('.')[1] ?? ''}(`].some((text) => sources.includes(text));
  const unmade = table.filter(({ call, answer }) => typeof answer === 'string' && !isMade(call));
  expect(unmade.map(({ call }) => call)).toEqual([]);
});
