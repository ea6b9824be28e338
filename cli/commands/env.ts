// `tt env add|list|show|start|stop|del`: the ENVs of the server.
import type { EnvDetail } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { duration, printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { groupsFrom, wholeNumber } from './env-add-options.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addEnvCommands(program: Command): void {
  const env = program.command('env').description('ENVs: groups of VMs with a lifetime');
  addAdd(env);
  addReaders(env);
  addChangers(env);
}

function addAdd(env: Command): void {
  withJson(env.command('add <name>'))
    .description('create an ENV and start its VMs')
    .requiredOption('--os-prefix <prefixes>', 'systems by prefix, comma separated: tiny or cent,ubuntu2004')
    .option('--dup-each <n>', 'copies of each system besides the first', wholeNumber(0, 2000), 0)
    .option('--cpu <n>', 'virtual processors of each VM', wholeNumber(1))
    .option('--mem <MiB>', 'memory of each VM', wholeNumber(1))
    .option('--disk <MiB>', 'disk of each VM', wholeNumber(1))
    .option('--vm-port <ports>', 'guest ports to forward, comma separated: 80,443 or 53/udp')
    .option('--life-time <s>', 'lifetime in seconds (default 3600)', wholeNumber(30))
    .option('--title <text>', 'a title for people')
    .option('--deny-outgoing', 'no connections from its VMs to the outside')
    .action(async (name: string, options: Record<string, string | number | boolean | undefined>, command: Command) => {
      const groups = groupsFrom(options);
      if (groups.length === 0) throw new InvalidArgumentError('give at least one system with --os-prefix.');
      await withServer(async (connection) => {
        const detail = await runOperation(connection, (operationId) =>
          connection.client.env.create({
            operationId,
            name,
            groups,
            ...(typeof options['lifeTime'] === 'number' && { lifetimeS: options['lifeTime'] }),
            ...(typeof options['title'] === 'string' && { title: options['title'] }),
            ...(options['denyOutgoing'] === true && { denyOutgoing: true }),
          }),
        );
        printDetail(detail, wantsJson(command));
      });
    });
}

function addReaders(env: Command): void {
  withJson(env.command('list'))
    .description('list the ENVs')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { envs } = await client.env.list();
        if (wantsJson(command)) return printJson({ envs });
        const rows = envs.map(({ name, state, vmIds, endAt, title }) => [
          name,
          state,
          String(vmIds.length),
          duration(Date.parse(endAt) - Date.now()),
          title,
        ]);
        process.stdout.write(table(['NAME', 'STATE', 'VMS', 'ENDS IN', 'TITLE'], rows));
      });
    });

  withJson(env.command('show <name>'))
    .description('show one ENV with its VMs, ports and snapshots')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => printDetail(await client.env.show({ name }), wantsJson(command)));
    });
}

function addChangers(env: Command): void {
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

function printDetail(detail: EnvDetail, json: boolean): void {
  if (json) {
    printJson(detail);
    return;
  }
  const { env, vms, snapshots } = detail;
  process.stdout.write(`${env.name}: ${env.state}, ends in ${duration(Date.parse(env.endAt) - Date.now())}\n`);
  const rows = vms.map((vm) => [
    vm.name,
    vm.state,
    vm.image,
    String(vm.resources.cpuCount),
    String(vm.resources.memoryMiB),
    vm.portMap
      .map((port) => `${port.guestPort}${port.protocol === 'udp' ? '/udp' : ''}=${port.hostAddress}:${port.hostPort}`)
      .join(' '),
  ]);
  process.stdout.write(table(['VM', 'STATE', 'IMAGE', 'CPU', 'MEM MIB', 'PORTS'], rows));
  if (snapshots.length > 0) process.stdout.write(`snapshots: ${snapshots.map(({ name }) => name).join(', ')}\n`);
}
