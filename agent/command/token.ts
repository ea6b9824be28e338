// `tt-agent token`: prints where the access token of the state folder is, never the token itself, because terminals are logged.
import { print, printError } from '@tt/client/node';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';

export function printTokenFile(read: () => Promise<AgentConfig>): Promise<void> {
  return endWithWords(async () => {
    const file = path.join((await read()).home, 'token');
    print(`${file}\n`);
    try {
      await access(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why =
        code === 'ENOENT'
          ? 'It does not exist yet: the agent creates it at its first start.'
          : 'This user may not read it.';
      printError(`${why}\n`);
    }
  });
}
