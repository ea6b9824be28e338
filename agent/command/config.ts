// `tt-agent config check` and `config show`.
import { print } from '@tt/client/node';
import path from 'node:path';
import { stringify } from 'yaml';
import { readConfigFile } from '../config/config-file.ts';
import { fileForm } from '../config/file-form.ts';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';

export function checkConfig(file: string | undefined, read: () => Promise<AgentConfig>): Promise<void> {
  return endWithWords(async () => {
    if (file === undefined) {
      const { configFile } = await read();
      print(configFile === null ? 'There is no configuration file: all defaults.\n' : `${configFile} is valid.\n`);
      return;
    }
    await readConfigFile(path.resolve(file));
    print(`${file} is valid.\n`);
  });
}

export function showConfig(read: () => Promise<AgentConfig>): Promise<void> {
  return endWithWords(async () => {
    print(shown(await read()));
  });
}

/** As a file that would say the same; of users everything but what their token is known by. */
export function shown(config: AgentConfig): string {
  const tree: Record<string, unknown> = {};
  for (const [key, value] of fileForm(config)) {
    const names = key.split('.');
    const last = names.pop() ?? '';
    const group = names.reduce((part, name) => {
      part[name] ??= {};
      return part[name] as Record<string, unknown>;
    }, tree);
    group[last] = key === 'users' ? config.users.map(({ name, role }) => ({ name, role })) : value;
  }
  const from = config.configFile === null ? 'no file: flags and defaults' : config.configFile;
  return `# In force, from ${from}. null = no limit, or determined at start. Tokens are left out.\n${stringify(tree)}`;
}
