// `tt ssh` and `tt env ssh-config`: the user's own OpenSSH into guests with a setup, by the key of their ENV and their host keys.
import { writePrivateFile } from '@tt/client/node';
import { reason, type SshKey, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { mustBeFree } from '../local-file.ts';
import { inOneLine, printJson } from '../output.ts';
import { type Server, withServer } from '../server-choice.ts';
import type { SshLogin } from '../ssh/ssh-config.ts';
import { print, printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor } from './vm-names.ts';

interface ConfigOptions {
  out?: string;
  force?: boolean;
}

export function addSshCommand(program: Command): void {
  program
    .command('ssh <vm> [command...]')
    .description('log in to a VM with this computer’s OpenSSH, or run a command in it; write -- before the command')
    .action(async (name: string, command: readonly string[]) => {
      const run = await withServer(async (connection, server) => {
        const vmId = await vmIdFor(connection, name);
        const vm = await connection.client.vm.show({ vmId });
        if (vm.state !== 'running') throw new TtError('VM_NOT_RUNNING', { vmName: vm.name, state: vm.state });
        const folder = await sweptFolder(connection.client, server, vm.envName);
        const { privateKey, logins } = await connection.client.env.sshKey({ name: vm.envName, vmId });
        const login = logins.find((one) => one.vmId === vmId);
        if (!login) {
          const why = vm.cloudInit === null ? reason('sshNoSetup') : reason('sshNoAddress');
          throw new TtError('SSH_IMPOSSIBLE', { vmName: vm.name, reason: why });
        }
        if (login.hostKeys.length === 0) throw new TtError('SSH_HOST_KEY_UNKNOWN', { vmName: vm.name });
        return { vmName: login.vmName, command, ...(await folder.writeFor(privateKey, login)) };
      });
      const { runSsh } = await import('../ssh/run-ssh.ts');
      process.exitCode = await runSsh(run);
    });
}

export function addSshConfigCommand(env: Command): void {
  withJson(env.command('ssh-config <name>'))
    .description('print a configuration for OpenSSH’s client that reaches the ENV’s VMs; nothing in ~/.ssh is touched')
    .option('--out <file>', 'write it to this file')
    .option('--force', 'overwrite the file if it exists')
    .action(async (name: string, { out, force = false }: ConfigOptions, command: Command) => {
      if (out !== undefined) await mustBeFree(out, { force });
      await withServer(async ({ client }, server) => {
        const folder = await sweptFolder(client, server, name);
        const key = await client.env.sshKey({ name });
        const config = `# Written by TT for ENV ${inOneLine(name)}. ssh -F <this file> <host>\n\n${await folder.write(key)}`;
        for (const login of key.logins.filter(({ hostKeys }) => hostKeys.length === 0)) warnOf(login);
        if (out !== undefined) await writePrivateFile(out, config);
        if (wantsJson(command)) printJson({ config, logins: key.logins });
        else if (out === undefined) print(config);
        else print(hintOf(out, key));
      });
    });
}

type Client = Parameters<Parameters<typeof withServer>[0]>[0]['client'];

/** Where the files of an ENV belong, after those of ENVs that are gone were removed. */
async function sweptFolder(client: Client, server: Server, envName: string) {
  const { SshFolder } = await import('../ssh/ssh-folder.ts');
  const folder = new SshFolder(server, envName);
  const { envs } = await client.env.list();
  await folder.sweep(envs.map((env) => env.name));
  return folder;
}

function warnOf({ vmName }: SshLogin): void {
  printError(`warning: nothing is known of the host keys of ${inOneLine(vmName)}; ssh will refuse it\n`);
}

function hintOf(file: string, { logins }: SshKey): string {
  if (logins.length === 0) return `${file} is written; no VM of this ENV accepts the key\n`;
  return logins.map(({ vmName }) => `ssh -F ${file} ${vmName.replace('/', '-')}\n`).join('');
}
