// Test support: a folder with a configuration file, and the configuration an agent reads from it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { AgentConfig } from '../config.ts';
import { addConfigFlags, givenFlags } from './flags.ts';
import { readConfig } from './read-config.ts';

export interface ConfigFolder {
  readonly folder: string;
  /** Writes a file; default `agent.yaml`. Returns its path. */
  write(text: string, name?: string): Promise<string>;
  /** What flags give, with this folder as state folder unless they name another. */
  read(argv?: readonly string[], isRoot?: boolean): Promise<AgentConfig>;
  remove(): Promise<void>;
}

export async function makeConfigFolder(): Promise<ConfigFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-config-'));
  return {
    folder,
    async write(text, name = 'agent.yaml') {
      const file = path.join(folder, name);
      await writeFile(file, text);
      return file;
    },
    async read(argv = [], isRoot = false) {
      const command = addConfigFlags(new Command('test'))
        .exitOverride()
        .configureOutput({ writeErr: () => {} });
      command.parse(argv, { from: 'user' });
      const systemFile = path.join(folder, 'system.yaml');
      return readConfig({ flags: givenFlags(command), defaultHome: folder, isRoot, systemFile });
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
