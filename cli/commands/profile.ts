// `tt profile …`: what sessions of labs start from, and the versions of their base images.
import type { NetKind, Profile } from '@tt/protocol';
import { type Command, Option } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson, size, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { choicesText, withPlainOptions, plainOptionsFrom } from './machine-options.ts';
import { collectedLists } from '../repeated-options.ts';
import { netKindFrom } from './contract-values.ts';
import {
  type WantedPort,
  diskMiBFrom,
  given,
  noWait,
  onOrOff,
  portsFrom,
  waitFrom,
  wholeNumber,
} from './option-values.ts';
import { print } from '../terminal.ts';

interface ProfileOptions {
  title?: string;
  notes?: string;
  disk?: number;
  net?: NetKind;
  vmPort?: WantedPort[];
  startScript?: string;
  /** Its old spelling. */
  setup?: string;
  keepVersions?: number;
  shared?: boolean;
  wait?: boolean;
}

export function addProfileCommands(program: Command): void {
  const profile = program.command('profile').description('profiles: what sessions of labs start from');
  addReading(profile);

  withFields(withJson(profile.command('add <name> <image>')))
    .description('create a profile from an image, given by name or prefix')
    .addOption(noWait())
    .action(async (name: string, image: string, options: ProfileOptions, command: Command) => {
      await withServer(async (connection) => {
        const made = await runOperation(connection, (operationId) =>
          connection.client.profile.create({ operationId, name, image, ...fieldsFrom(options), ...waitFrom(options) }),
        );
        say(command, made, `${name} was created from ${made.image}`);
      });
    });

  withFields(withJson(profile.command('update <name>')))
    .description('change a profile; running sessions are not affected')
    .addOption(noWait())
    .action(async (name: string, options: ProfileOptions, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.profile.update({ operationId, name, ...fieldsFrom(options), ...waitFrom(options) }),
        );
        say(command, changed, `${name} is changed`);
      });
    });

  withJson(profile.command('clone <name> <new-name>'))
    .description('copy a profile, with the version of its base image in use')
    .action(async (name: string, newName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const made = await runOperation(connection, (operationId) =>
          connection.client.profile.clone({ operationId, name, newName }),
        );
        say(command, made, `${newName} was created as a copy of ${name}`);
      });
    });

  withJson(profile.command('rollback <name> <version>'))
    .description('start new sessions from another retained version of the base image')
    .action(async (name: string, version: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.profile.rollback({ operationId, name, version: wholeNumber(1)(version) }),
        );
        say(command, changed, `new sessions of ${name} start from version ${changed.version}`);
      });
    });

  withYes(withJson(profile.command('del <name>')))
    .description('delete a profile with all versions of its base image')
    .action(async (name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete the profile ${name} with all its base images?`, 'profile.delete', command);
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.profile.delete({ operationId, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });
}

function addReading(profile: Command): void {
  withJson(profile.command('list'))
    .description('list the profiles')
    .action(async (_options: unknown, command: Command) => {
      const { profiles } = (await readServer('profile.list')).answer;
      if (wantsJson(command)) return printJson({ profiles });
      const rows = profiles.map(({ name, image, version, spec, owner, title }) => [
        name,
        image,
        `v${version}`,
        `${spec.cpuCount} cpu, ${spec.memoryMiB} MiB`,
        owner,
        title,
      ]);
      print(table(['NAME', 'IMAGE', 'BASE', 'SIZE', 'OWNER', 'TITLE'], rows));
    });

  withJson(profile.command('show <name>'))
    .description('show a profile')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const shown = await client.profile.show({ name });
        if (wantsJson(command)) return printJson(shown);
        const { envs } = await client.env.list();
        const open = envs.find(({ lab }) => lab?.kind === 'admin' && lab.profileName === name);
        const openLine = open ? `open     for editing in ${open.name}, by ${open.owner}\n` : '';
        print(profileText(shown) + openLine);
      });
    });

  withJson(profile.command('versions <name>'))
    .description('list the retained versions of its base image')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { version: current, versions } = await client.profile.show({ name });
        if (wantsJson(command)) return printJson({ version: current, versions });
        const rows = versions.map(({ version, publishedAt, publishedBy, sizeBytes, isImage, notes }) => [
          `v${version}${version === current ? ' *' : ''}`,
          isImage ? 'the image' : size(sizeBytes),
          publishedAt,
          publishedBy,
          notes?.split('\n')[0] ?? '',
        ]);
        print(table(['VERSION', 'SIZE', 'PUBLISHED', 'BY', 'NOTES'], rows));
      });
    });
}

function withFields(command: Command): Command {
  return withPlainOptions(command, () => '')
    .option('--title <text>', 'title, shown instead of the name')
    .option('--notes <text>', 'notes, free text')
    .option('--disk <MiB>', 'disk of each machine', diskMiBFrom)
    .option('--net <kind>', 'network of its machines: user, nat, flat, bridge or switch', netKindFrom)
    .option(
      '--vm-port <ports>',
      'guest ports to forward: 80,443 or 53/udp',
      collectedLists((text) => portsFrom(text)),
    )
    .addOption(new Option('--setup <commands>').hideHelp())
    .option(
      '--start-script <commands>',
      'start script: shell commands that run as root when a session boots on its fresh disk',
    )
    .option('--shared <on|off>', 'let everybody clone it and use it in labs', onOrOff)
    .option('--keep-versions <n>', 'number of retained versions of its base image', wholeNumber(1, 50));
}

function fieldsFrom(options: ProfileOptions) {
  const { title, notes, disk, net, vmPort, setup, startScript = setup, keepVersions, shared } = options;
  return given({
    ...plainOptionsFrom(options),
    title,
    notes,
    diskMiB: disk,
    netKind: net,
    ports: vmPort,
    startScript,
    keptVersions: keepVersions,
    shared,
  });
}

function profileText(profile: Profile): string {
  const { name, title, image, version, versions, spec, owner, shared, notes, startScript } = profile;
  const choices = choicesText(spec);
  const ports = spec.ports.map((port) => `${port.guestPort}/${port.protocol}`).join(' ') || 'ssh only';
  const lines = [
    `${name}${title === '' ? '' : `: ${title}`}`,
    `image    ${image}, version ${version} of ${versions.map((kept) => `v${kept.version}`).join(' ')}`,
    `size     ${spec.cpuCount} cpu, ${spec.memoryMiB} MiB memory, ${spec.diskMiB} MiB disk`,
    ...(choices === '' ? [] : [`machine  ${choices}`]),
    `network  ${spec.netKind ?? 'of the host'}; ports ${ports}`,
    `owner    ${owner}`,
    `shared   ${shared ? 'yes: everybody may use and clone it' : 'no'}`,
    ...(notes ? [`notes    ${notes}`] : []),
    ...(startScript ? [`script   ${startScript.split('\n').join('\n         ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function say(command: Command, profile: Profile, text: string): void {
  if (wantsJson(command)) printJson(profile);
  else print(`${text}\n`);
}
