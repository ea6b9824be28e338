// `tt env ...`: the ENVs of the server. Reading, start, stop and del are here; creating and changing are in files of their own.
import { wholeEnv } from '@tt/client';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { addEnvChangers } from './env-change.ts';
import { addInstall, addSshKey } from './env-install.ts';
import { addEnvMakers } from './env-make.ts';
import { envTable, printDetail } from './env-text.ts';
import { addEnvCloneCommand } from './fork.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';
import { print } from '../terminal.ts';

export function addEnvCommands(program: Command): void {
  const env = program.command('env').description('ENVs: groups of VMs with a lifetime');
  addEnvMakers(env);
  addInstall(env);
  addSshKey(env);
  addReaders(env);
  addEnvChangers(env);
  addLife(env);
  addEnvCloneCommand(env);
}

function addReaders(env: Command): void {
  withJson(env.command('list'))
    .description('list the ENVs')
    .action(async (_options: unknown, command: Command) => {
      const { envs } = (await readServer('env.list')).answer;
      if (wantsJson(command)) printJson({ envs });
      else print(envTable(envs));
    });

  withJson(env.command('show <name>'))
    .description('show one ENV with its VMs, ports and snapshots')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => printDetail(await wholeEnv(client, name), wantsJson(command)));
    });
}

function addLife(env: Command): void {
  withJson(env.command('start <name>'))
    .description('start the stopped VMs of an ENV')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const detail = await runOperation(connection, (operationId) => client.env.start({ name, operationId }));
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(env.command('stop <name>'))
    .description('stop the VMs of an ENV: frees CPU and memory, keeps disks and ports')
    .option('--grace <s>', 'seconds for a guest to power off before it is forced off', wholeNumber(0, 300), 10)
    .action(async (name: string, options: { grace: number }, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const graceS = options.grace;
        const detail = await runOperation(connection, (operationId) => client.env.stop({ name, operationId, graceS }));
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(env.command('del <name>'))
    .description('delete an ENV with its VMs and snapshots')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const gone = await runOperation(connection, (operationId) => client.env.delete({ name, operationId }));
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });
}
