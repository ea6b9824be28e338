// `tt env list|show`: the ENVs of the server as they are.
import { wholeEnv } from '@tt/client';
import type { Env } from '@tt/protocol';
import type { Command } from 'commander';
import { forEachName } from '../each-name.ts';
import { duration, printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { endPolicyText } from './end-policy.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addEnvReaders(env: Command): void {
  withJson(env.command('list').alias('listall'))
    .description('list the ENVs')
    .action(async (_options: unknown, command: Command) => {
      const { envs } = (await readServer('env.list')).answer;
      if (wantsJson(command)) printJson({ envs });
      else print(envTable(envs));
    });

  withJson(env.command('show <name...>'))
    .description('show ENVs with their VMs, ports and snapshots')
    .action(async (names: string[], _options: unknown, command: Command) => {
      // A list needs none of it.
      const { printDetailText } = await import('./env-text.ts');
      await withServer(({ client }) =>
        forEachName(names, (name) => wholeEnv(client, name), { json: wantsJson(command), show: printDetailText }),
      );
    });
}

export function envTable(envs: readonly Env[]): string {
  const rows = envs.map((env) => [
    env.name,
    env.state,
    String(env.vmIds.length),
    env.expired ? 'EXPIRED' : duration(Date.parse(env.endAt) - Date.now()),
    endPolicyText(env.endPolicy),
    env.team ? `${env.owner} (${env.team})` : env.owner,
    env.tags.join(','),
    env.title,
  ]);
  return table(['NAME', 'STATE', 'VMS', 'ENDS IN', 'AT END', 'OWNER', 'TAGS', 'TITLE'], rows);
}
