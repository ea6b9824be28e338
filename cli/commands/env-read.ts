// `tt env list|show`: the ENVs of the server as they are.
import { wholeEnv } from '@tt/client';
import type { Env, EnvDetail, TtClient } from '@tt/protocol';
import type { Command } from 'commander';
import { forEachName } from '../each-name.ts';
import { exitCodes } from '../exit-codes.ts';
import { duration, printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { endPolicyText } from './end-policy.ts';
import { wantsJson, withJson } from './json-option.ts';
import { secondsFrom } from './option-values.ts';

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
    .option(
      '--wait [time]',
      'wait until their running guests answer (default 5m); exit code 9 if some do not',
      secondsFrom,
    )
    .action(async (names: string[], { wait }: { wait?: number | true }, command: Command) => {
      // A list needs none of it.
      const { printDetailText } = await import('./env-text.ts');
      await withServer(({ client }) =>
        forEachName(names, (name) => (wait === undefined ? wholeEnv(client, name) : waitFor(client, name, wait)), {
          json: wantsJson(command),
          show: printDetailText,
        }),
      );
    });
}

async function waitFor(client: TtClient, name: string, wait: number | true): Promise<EnvDetail> {
  const { DEFAULT_READY_S, settledEnv, unsettledNames } = await import('../settled-env.ts');
  const detail = await settledEnv(client, name, wait === true ? DEFAULT_READY_S : wait);
  const names = unsettledNames(detail);
  if (names.length > 0) {
    printError(`tt: does not answer yet: ${names.join(', ')}\n`);
    process.exitCode = exitCodes.guestUnreachable;
  }
  return detail;
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
