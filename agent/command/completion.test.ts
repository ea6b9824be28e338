// `tt-agent completion`: bash runs its script, and each of the three knows every command and option.
import { completionScript, completionShells, documentedLeaves } from '@tt/client/command-docs';
import { describe, expect, it } from 'vitest';
import { findProgram, runCommand } from '../host/run-command.ts';
import { program } from './program.ts';

const commands = program('main.js');
const script = completionScript('bash', commands);

/** What bash proposes for the last word. */
async function proposals(line: string): Promise<string[]> {
  const words = line.split(' ').map((word) => `'${word}'`);
  const ask = [
    script,
    `COMP_WORDS=(${words.join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_tt_agent',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { stdout } = await runCommand('bash', ['-c', ask], { timeoutMs: 60_000 });
  return stdout.split('\n').filter((word) => word !== '');
}

describe.runIf((await findProgram('bash')) !== null)('in bash', () => {
  it.each([
    ['tt-agent con', ['config']],
    ['tt-agent config ', ['check', 'show']],
    ['tt-agent user add --role ', ['admin', 'user']],
    ['tt-agent completion ', ['bash', 'zsh', 'fish', '--help']],
    ['tt-agent backup --fo', ['--force']],
    ['tt-agent run --tls always --stor', ['--storage']],
    // A file: bash proposes those, as of any other command.
    ['tt-agent run --config ', []],
    ['tt-agent $(touch x) ', ['run']],
  ])('%s', async (line, wanted) => {
    const found = await proposals(line);
    expect(found.slice(0, wanted.length)).toEqual(wanted);
    if (wanted.length === 0) expect(found).toEqual([]);
  });
});

it.each(completionShells)('the script for %s has every command and every option', (shell) => {
  const text = completionScript(shell, commands);
  const options = documentedLeaves(commands).flatMap(({ words, command }) => [
    ...words.split(' '),
    ...command.options.flatMap(({ long }) => (shell === 'fish' ? `-l ${long?.slice(2)}` : (long ?? []))),
  ]);
  expect(options.filter((word) => !text.includes(word))).toEqual([]);
});

it.each(['zsh', 'fish'] as const)('%s can read its script, where it is there', async (shell) => {
  if ((await findProgram(shell)) === null) return;
  const input = completionScript(shell, commands);
  await runCommand(shell, ['-n', '/dev/stdin'], { timeoutMs: 60_000, input });
});
