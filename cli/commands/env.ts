// `tt env ...`: the ENVs of the server. Here the readers and start, stop, del; making and changing stand in their own files.
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
      else process.stdout.write(envTable(envs));
    });

  withJson(env.command('show <name>'))
    .description('show one ENV with its VMs, ports and snapshots')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => printDetail(await client.env.show({ name }), wantsJson(command)));
    });
}

function addLife(env: Command): void {
  withJson(env.command('start <name>'))
    .description('start its stopped VMs')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const detail = await runOperation(connection, (operationId) => client.env.start({ name, operationId }));
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(env.command('stop <name>'))
    .description('stop its VMs: frees cpu and memory, keeps disks and ports')
    .option('--grace <s>', 'seconds a guest may take to power off before the plug is pulled', wholeNumber(0, 300), 10)
    .action(async (name: string, options: { grace: number }, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const graceS = options.grace;
        const detail = await runOperation(connection, (operationId) => client.env.stop({ name, operationId, graceS }));
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(env.command('del <name>'))
    .description('delete it with its VMs and snapshots')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const gone = await runOperation(connection, (operationId) => client.env.delete({ name, operationId }));
        if (wantsJson(command)) printJson(gone);
        else process.stdout.write(`${name} is deleted\n`);
      });
    });
}
