// Puts the script of completion where a shell looks for scripts of its user. Files of the shell itself are left alone.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { readIfThere, writePrivateFile } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { SCRIPT_MARK, scriptName, type Shell, shellScript, shells } from './shell-scripts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Installed {
  file: string;
  /** What is left to do, in lines; none where the shell finds the file anyway. */
  next: string[];
}

/** The shell that logs the user in; null for one without completion of `tt`. */
export function shellOfUser(env: Environment): Shell | null {
  const name = path.basename(env['SHELL'] ?? '');
  return shells.find((shell) => shell === name) ?? null;
}

/**
 * Writes the script, and over an older one. Rejects with FILE_UNUSABLE for a file that is none of ours unless `force`, and where
 * nothing can be written; the file is then as it was.
 */
export async function installScript(shell: Shell, env: Environment, { force = false } = {}): Promise<Installed> {
  const folder = folderOf(shell, env);
  const file = path.join(folder, scriptName(shell));
  const there = await readIfThere(file);
  if (there !== null && !force && !there.includes(SCRIPT_MARK)) {
    throw new TtError('FILE_UNUSABLE', { file, reason: reason('exists') });
  }
  await mkdir(folder, { recursive: true });
  await writePrivateFile(file, shellScript(shell));
  return { file, next: nextSteps(shell, folder) };
}

/** Bash-completion and fish look there; zsh has no folder of the user's, and is told of this one. */
function folderOf(shell: Shell, env: Environment): string {
  const home = env['HOME'] || homedir();
  const data = env['XDG_DATA_HOME'] || path.join(home, '.local/share');
  switch (shell) {
    case 'bash':
      return path.join(env['BASH_COMPLETION_USER_DIR'] || path.join(data, 'bash-completion'), 'completions');
    case 'zsh':
      return path.join(data, 'zsh/site-functions');
    case 'fish':
      return path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'fish/completions');
    default:
      return shell satisfies never;
  }
}

function nextSteps(shell: Shell, folder: string): string[] {
  if (shell === 'bash') return ['It works in new shells (the package bash-completion loads it).'];
  if (shell === 'fish') return [];
  return [
    'Put these lines into ~/.zshrc, unless they are there:',
    `  fpath=(${folder} $fpath)`,
    '  autoload -U compinit && compinit',
  ];
}
