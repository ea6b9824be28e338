// `tt env install`: an ENV with one VM, to install a system from a CD. `tt env ssh-key`: the key for guests with a setup.
import { writePrivateFile } from '@tt/client/node';
import type { EnvDetail, PlainSpec, SshKey } from '@tt/protocol';
import type { Command } from 'commander';
import { mustBeFree } from '../local-file.ts';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { printDetail } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { plainReader } from './machine-options.ts';
import { lifetimeFrom } from './contract-values.ts';
import { diskMiBFrom, given } from './option-values.ts';
import { print } from '../terminal.ts';

interface InstallOptions {
  medium: string;
  disk?: number;
  mem?: number;
  cpu?: number;
  firmware?: PlainSpec['firmware'];
  lifeTime?: number;
}

export function addEnvInstallers(env: Command): void {
  addInstall(env);
  addSshKey(env);
}

function addInstall(env: Command): void {
  withJson(env.command('install <name>'))
    .description('create an ENV with one VM that boots from a CD, to install a system on an empty disk')
    .requiredOption('--medium <image>', 'name of the CD, an image of kind iso')
    .option('--disk <MiB>', 'size of the empty disk (default 8192)', diskMiBFrom)
    .option('--mem <MiB>', 'memory (default 1024)', plainReader('memoryMiB'))
    .option('--cpu <n>', 'virtual processors', plainReader('cpuCount'))
    .option('--firmware <kind>', 'bios (default) or uefi', plainReader('firmware'))
    .option('--life-time <time>', 'lifetime: seconds, or like 90m or 2h (default 3600)', lifetimeFrom)
    .action(async (name: string, options: InstallOptions, command: Command) => {
      const { medium } = options;
      const size = given({ diskMiB: options.disk, memoryMiB: options.mem, cpuCount: options.cpu });
      const group = { medium, ...size, ...given({ firmware: options.firmware }) };
      const more = given({ lifetimeS: options.lifeTime });
      await withServer(async (connection) => {
        const detail: EnvDetail = await runOperation(connection, (operationId) =>
          connection.client.env.create({ operationId, name, groups: [group], ...more }),
        );
        printDetail(detail, wantsJson(command));
      });
    });
}

function addSshKey(env: Command): void {
  withJson(env.command('ssh-key <name>'))
    .description('print the ENV’s SSH key, which guests with a setup accept')
    .option('--out <file>', 'write the private key to this file, readable only by you, and print how to log in')
    .option('--force', 'overwrite the file if it exists')
    .action(async (name: string, { out, force = false }: { out?: string; force?: boolean }, command: Command) => {
      if (out !== undefined) await mustBeFree(out, { force });
      await withServer(async ({ client }) => {
        const key = await client.env.sshKey({ name });
        if (out !== undefined) await writePrivateFile(out, key.privateKey);
        if (wantsJson(command)) printJson(key);
        else print(out === undefined ? key.privateKey : loginLines(out, key));
      });
    });
}

function loginLines(file: string, { logins }: SshKey): string {
  if (logins.length === 0) return `${file} is written; no VM of this ENV uses the key\n`;
  return logins.map(({ user, host, port }) => `ssh -i ${file} -p ${port} ${user}@${host}\n`).join('');
}
