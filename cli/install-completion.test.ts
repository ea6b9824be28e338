// Where `tt completion install` writes, and what it leaves alone.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installScript, shellOfUser } from './install-completion.ts';
import { shellScript } from './shell-scripts.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-completion-'));
});
afterEach(() => rm(home, { recursive: true }));

it.each([
  ['bash', {}, '.local/share/bash-completion/completions/tt'],
  ['bash', { XDG_DATA_HOME: 'data' }, 'data/bash-completion/completions/tt'],
  ['bash', { BASH_COMPLETION_USER_DIR: 'own' }, 'own/completions/tt'],
  ['zsh', {}, '.local/share/zsh/site-functions/_tt'],
  ['fish', {}, '.config/fish/completions/tt.fish'],
  ['fish', { XDG_CONFIG_HOME: 'config' }, 'config/fish/completions/tt.fish'],
] as const)('%s with %j', async (shell, folders, expected) => {
  const env = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, path.join(home, folder)]));
  const { file, next } = await installScript(shell, { HOME: home, ...env });
  expect(file).toBe(path.join(home, expected));
  expect(await readFile(file, 'utf8')).toBe(shellScript(shell));
  expect(next.some((line) => line.includes(path.dirname(file)))).toBe(shell === 'zsh');
});

it('writes over its own script, and over another file only if told to', async () => {
  const file = path.join(home, '.config/fish/completions/tt.fish');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, shellScript('fish').replace('complete -c', 'complete -f -c'));
  await installScript('fish', { HOME: home });
  expect(await readFile(file, 'utf8')).toBe(shellScript('fish'));
  await writeFile(file, 'complete -c tt -a mine\n');
  const refused = { code: 'FILE_UNUSABLE', data: { file, reason: { code: 'exists' } } };
  await expect(installScript('fish', { HOME: home })).rejects.toMatchObject(refused);
  expect(await readFile(file, 'utf8')).toBe('complete -c tt -a mine\n');
  await installScript('fish', { HOME: home }, { force: true });
  expect(await readdir(path.dirname(file))).toEqual(['tt.fish']);
  expect(await readFile(file, 'utf8')).toBe(shellScript('fish'));
});

it('leaves nothing where a folder can’t be made', async () => {
  await writeFile(path.join(home, '.config'), '');
  await expect(installScript('fish', { HOME: home })).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.each([
  ['/bin/bash', 'bash'],
  ['/usr/bin/zsh', 'zsh'],
  ['/opt/fish', 'fish'],
  ['/bin/dash', null],
  ['', null],
])('SHELL=%s is %s', (shell, expected) => {
  expect(shellOfUser({ SHELL: shell })).toBe(expected);
});
