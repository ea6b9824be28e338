// `tt config`: selects the server. The token comes from a file or the environment, never from an argument that others could see.
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { textOf } from '../local-file.ts';
import { printJson } from '../output.ts';
import { readChoice, writeChoice } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { print } from '../terminal.ts';

export function addConfigCommand(program: Command): void {
  withJson(program.command('config'))
    .description('show or select the server (default: the private agent of this computer)')
    .option('--serv-addr <address>', 'address of an agent or proxy')
    .option('--serv-port <port>', 'port of the agent or proxy', '9527')
    .option('--token-file <file>', 'file with the access token (or set TT_TOKEN)')
    .option('--private', 'return to the private agent of this computer')
    .action(async (options: Record<string, string | boolean | undefined>, command: Command) => {
      if (options['private'] === true) await writeChoice(null);
      else if (typeof options['servAddr'] === 'string') {
        const url = serverUrl(options['servAddr'], String(options['servPort']));
        await writeChoice({ url, token: await readToken(options['tokenFile']) });
      }
      const choice = await readChoice();
      const shown = choice ? { server: choice.url } : { server: 'private' };
      if (wantsJson(command)) printJson(shown);
      else print(choice ? `server: ${choice.url}\n` : 'server: the private agent of this computer\n');
    });
}

/** A bare address gets http and the port; a whole URL is taken as it is. */
function serverUrl(address: string, port: string): string {
  if (/^https?:\/\//.test(address)) return address;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

async function readToken(file: string | boolean | undefined): Promise<string> {
  const token = typeof file === 'string' ? textOf(await readFile(file)) : (process.env['TT_TOKEN'] ?? '');
  if (token.trim() === '') throw new InvalidArgumentError('give the token with --token-file or TT_TOKEN.');
  return token.trim();
}
