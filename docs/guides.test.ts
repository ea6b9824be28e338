// The guides against the code: exit codes, commands and flags, keys of the window and of the configuration, metrics. What
// is there is named, and what is named is there.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { contract } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { program } from '../agent/command/program.ts';
import { checkConfigText } from '../agent/config/config-file.ts';
import { flags as agentFlags } from '../agent/config/flags.ts';
import { keys } from '../agent/config/keys.ts';
import { vmFrom } from '../cli/commands/group-options.ts';
import { leavesOf } from '../cli/command-tree.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { allCommands } from '../cli/program.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found).sort();
const each = (text: string, pattern: RegExp) => [...new Set(all(text, pattern))];
const isCall = (name: string) => {
  const [group = '', method = ''] = name.split('.');
  return Object.hasOwn(contract, group) && method in contract[group as keyof typeof contract];
};
/** All sources of a folder, without what only tests read. */
const sourcesIn = (folder: string) =>
  readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('test-'))
    .map((file) => read(path.join(folder, file)))
    .join('\n');

/** The text below one heading, up to the next of its kind. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`there is no section ${heading}`);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

describe('the user guide', () => {
  const guide = read('docs/user-guide.md');
  const commandLine = section(guide, 'Command line');

  it('explains every exit code', () => {
    const documented = all(guide, /^\| (\d+) +\|/gm);
    expect(documented).toEqual(Object.values(exitCodes).map(String).sort());
  });

  it('has the keys that the window shows', () => {
    const shown = all(read('renderer/settings/KeyList.tsx'), /^ {2}\['([^']+)', 'shell\.keys\./gm);
    expect(shown.length).toBeGreaterThan(5);
    expect(all(section(guide, 'Keys'), /^\| `([^`]+)`/gm)).toEqual(shown);
  });

  it('names the commands of tt, all of them and no other', async () => {
    const program = await allCommands();
    const made = leavesOf(program).map(({ words }) => words);
    const groups = new Set(made.flatMap((words) => (words.includes(' ') ? [words.replace(/ [^ ]+$/, '')] : [])));
    const named = each(commandLine, /`tt ([a-z][^`]*)`/g).map((text) => {
      const [first = '', ...more] = text.split(' ');
      return more.reduce((command, word) => (groups.has(command) ? `${command} ${word}` : command), first);
    });
    expect(groups.size).toBeGreaterThan(3);
    expect([...new Set(named)].sort()).toEqual(made.sort());
  });

  it('names the flags of tt, all of them and no other', async () => {
    const options = leavesOf(await allCommands()).flatMap(({ command }) => command.options);
    const flagsOf = (some: typeof options) => [...new Set(some.flatMap(({ long }) => long ?? []))].sort();
    const named = each(commandLine, /(?<![\w-])(--[A-Za-z][\w-]+)/g);
    const shown = flagsOf(options.filter(({ hidden }) => !hidden));
    expect(shown.length).toBeGreaterThan(30);
    expect(shown.filter((flag) => !named.includes(flag))).toEqual([]);
    expect(named.filter((flag) => !flagsOf(options).includes(flag))).toEqual([]);
  });

  it('shows groups that tt takes', () => {
    const groups = all(guide, /--vm ([\w-]+,[^\s`]+)/g);
    expect(groups.length).toBeGreaterThan(1);
    for (const group of groups) expect(vmFrom(group).osPrefix, group).toBe('tiny');
  });
});

describe('the admin guide', () => {
  const guide = read('docs/admin-guide.md');

  it('has every flag of the agent', () => {
    const flags = [...agentFlags.map(({ flag }) => flag.split(' ')[0]), '--config'].sort();
    expect(all(section(guide, 'The agent'), /^\| `(--[\w-]+)/gm)).toEqual(flags);
  });

  it('has every flag of the proxy', () => {
    const flags = all(read('proxy/config.ts'), /[oO]ption\(\s*'(--[\w-]+)/g);
    expect(flags.length).toBeGreaterThan(5);
    expect(all(section(guide, 'The proxy'), /^\| `(--[\w-]+)/gm)).toEqual(flags);
  });

  it('has every command of the agent', () => {
    type Named = { name(): string; readonly commands: readonly Named[] };
    const leaves = ({ commands }: Named, before = ''): string[] =>
      commands.flatMap((command) => {
        const whole = `${before}${command.name()}`;
        return command.commands.length > 0 ? leaves(command, `${whole} `) : [whole];
      });
    const commands = leaves(program('main.ts'));
    expect(commands.length).toBeGreaterThan(5);
    const named = each(section(guide, 'The agent'), /^\| `tt-agent ([a-z ]*[a-z])/gm);
    expect(named).toEqual(commands.sort());
  });

  it('shows a configuration that is right, and names only keys that there are', () => {
    const [, example = ''] = /```yaml\n(# \/etc\/tt\/agent\.yaml\n[^`]*)```/.exec(guide) ?? [];
    expect(example).not.toBe('');
    expect(checkConfigText(example, 'the admin guide')).toMatchObject({ network: { default: 'nat' } });
    const [, oidc = ''] = /```yaml\n( *oidc:\n[^`]*)```/.exec(guide) ?? [];
    expect(checkConfigText(oidc, 'the admin guide')).toMatchObject({ oidc: { clientId: 'tt' } });
    const groups = [...new Set(keys.map(({ path: key }) => key.split(/[.[]/)[0]))].join('|');
    const named = each(guide, new RegExp(`\`((?:${groups})[.[][\\w.[\\]]*)`, 'g'));
    expect(named.length).toBeGreaterThan(5);
    const isKey = (name: string) => keys.some(({ path: key }) => key === name || key.startsWith(`${name}.`));
    // The calls of a noun are named too.
    expect(named.filter((name) => !isKey(name) && !isCall(name))).toEqual([]);
  });

  it('names only metrics that there are', () => {
    const metrics = each(sourcesIn('agent/metrics'), /'((?:tt|process)_[a-z_]+)'/g);
    const named = each(section(guide, 'Logs and metrics'), /`((?:tt|process)_[a-z_]+)/g);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !metrics.includes(name))).toEqual([]);
  });
});
