// `tt profile …`: the templates of labs, and the versions of their bases.
import type { Profile } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import {
  cpuCountFrom,
  diskMiBFrom,
  given,
  memoryMiBFrom,
  netKindFrom,
  portsFrom,
  type WantedPort,
  wholeNumber,
} from './option-values.ts';

interface ProfileOptions {
  title?: string;
  notes?: string;
  cpu?: number;
  mem?: number;
  disk?: number;
  net?: 'user' | 'nat' | 'flat';
  vmPort?: WantedPort[];
  setup?: string;
  keepVersions?: number;
}

export function addProfileCommands(program: Command): void {
  const profile = program.command('profile').description('profiles: the templates that labs start sessions from');
  addReading(profile);

  withFields(withJson(profile.command('add <name> <image>')))
    .description('make a profile from an image, by its name or a prefix')
    .action(async (name: string, image: string, options: ProfileOptions, command: Command) => {
      await withServer(async (connection) => {
        const made = await runOperation(connection, (operationId) =>
          connection.client.profile.create({ operationId, name, image, ...fieldsFrom(options) }),
        );
        say(command, made, `${name} is made from ${made.image}`);
      });
    });

  withFields(withJson(profile.command('update <name>')))
    .description('change a profile; sessions that run stay as they are')
    .action(async (name: string, options: ProfileOptions, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.profile.update({ operationId, name, ...fieldsFrom(options) }),
        );
        say(command, changed, `${name} is changed`);
      });
    });

  withJson(profile.command('clone <name> <new-name>'))
    .description('make a profile like another, from the version of its base in use')
    .action(async (name: string, newName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const made = await runOperation(connection, (operationId) =>
          connection.client.profile.clone({ operationId, name, newName }),
        );
        say(command, made, `${newName} is made like ${name}`);
      });
    });

  withJson(profile.command('rollback <name> <version>'))
    .description('let sessions start from another kept version of the base')
    .action(async (name: string, version: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.profile.rollback({ operationId, name, version: wholeNumber(1)(version) }),
        );
        say(command, changed, `sessions of ${name} start from version ${changed.version} now`);
      });
    });

  withJson(profile.command('del <name>'))
    .description('delete a profile with all versions of its base')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.profile.delete({ operationId, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else process.stdout.write(`${name} is deleted\n`);
      });
    });
}

function addReading(profile: Command): void {
  withJson(profile.command('list'))
    .description('list the profiles')
    .action(async (_options: unknown, command: Command) => {
      const { profiles } = (await readServer('profile.list')).answer;
      if (wantsJson(command)) return printJson({ profiles });
      const rows = profiles.map(({ name, image, version, resources, owner, title }) => [
        name,
        image,
        `v${version}`,
        `${resources.cpuCount} cpu, ${resources.memoryMiB} MiB`,
        owner,
        title,
      ]);
      process.stdout.write(table(['NAME', 'IMAGE', 'BASE', 'SIZE', 'OWNER', 'TITLE'], rows));
    });

  withJson(profile.command('show <name>'))
    .description('show a profile')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const shown = await client.profile.show({ name });
        if (wantsJson(command)) return printJson(shown);
        const { envs } = await client.env.list();
        const open = envs.find(({ lab }) => lab?.kind === 'admin' && lab.profileName === name);
        const openLine = open ? `open     for change in ${open.name}, by ${open.owner}\n` : '';
        process.stdout.write(profileText(shown) + openLine);
      });
    });

  withJson(profile.command('versions <name>'))
    .description('list the kept versions of its base')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { version: current, versions } = await client.profile.show({ name });
        if (wantsJson(command)) return printJson({ version: current, versions });
        const rows = versions.map(({ version, publishedAt, publishedBy, sizeBytes, isImage, notes }) => [
          `v${version}${version === current ? ' *' : ''}`,
          isImage ? 'the image' : size(sizeBytes),
          publishedAt,
          publishedBy,
          notes.split('\n')[0] ?? '',
        ]);
        process.stdout.write(table(['VERSION', 'SIZE', 'PUBLISHED', 'BY', 'NOTES'], rows));
      });
    });
}

function withFields(command: Command): Command {
  return command
    .option('--title <text>', 'what people see instead of its name')
    .option('--notes <text>', 'what it is about')
    .option('--cpu <n>', 'virtual processors of each machine', cpuCountFrom)
    .option('--mem <MiB>', 'memory of each machine', memoryMiBFrom)
    .option('--disk <MiB>', 'disk of each machine', diskMiBFrom)
    .option('--net <kind>', 'network of its machines: user, nat or flat', netKindFrom)
    .option('--vm-port <ports>', 'guest ports to forward: 80,443 or 53/udp', (text) => portsFrom(text))
    .option('--setup <commands>', 'shell commands that run as root when a session boots on its fresh disk')
    .option('--keep-versions <n>', 'versions of its base that are kept', wholeNumber(1, 50));
}

function fieldsFrom({ title, notes, cpu, mem, disk, net, vmPort, setup, keepVersions }: ProfileOptions) {
  return given({
    title,
    notes,
    cpuCount: cpu,
    memoryMiB: mem,
    diskMiB: disk,
    netKind: net,
    ports: vmPort,
    setup,
    keptVersions: keepVersions,
  });
}

function profileText(profile: Profile): string {
  const { name, title, image, version, versions, resources, netKind, ports, owner, notes, setup } = profile;
  const lines = [
    `${name}${title === '' ? '' : `: ${title}`}`,
    `image    ${image}, version ${version} of ${versions.map((kept) => `v${kept.version}`).join(' ')}`,
    `size     ${resources.cpuCount} cpu, ${resources.memoryMiB} MiB memory, ${resources.diskMiB} MiB disk`,
    `network  ${netKind ?? 'of the host'}; ports ${ports.map((port) => `${port.guestPort}/${port.protocol}`).join(' ') || 'ssh only'}`,
    `owner    ${owner}`,
    ...(notes === '' ? [] : [`notes    ${notes}`]),
    ...(setup === '' ? [] : [`setup    ${setup.split('\n').join('\n         ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function say(command: Command, profile: Profile, text: string): void {
  if (wantsJson(command)) printJson(profile);
  else process.stdout.write(`${text}\n`);
}
