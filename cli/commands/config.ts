// `tt config`: selects the server. The token comes from a file or the environment, never from an argument that others could see.
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { textOf } from '../local-file.ts';
import { printJson } from '../output.ts';
import { readChoice, readChoiceToReplace, type ServerChoice, writeChoice } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given } from './option-values.ts';
import { print, printError } from '../terminal.ts';

interface ConfigOptions {
  servAddr?: string;
  servPort: string;
  tokenFile?: string;
  name?: string;
  private?: true;
}

export function addConfigCommand(program: Command): void {
  withJson(program.command('config'))
    .description('show or select the server (default: the private agent of this computer)')
    .option('-a, --serv-addr <address>', 'address of an agent or proxy')
    .option('-p, --serv-port <port>', 'port of the agent or proxy', '9527')
    .option('--token-file <file>', 'file with the access token (or set TT_TOKEN)')
    .option('-n, --name <name>', 'a name for this choice, shown by "tt status"')
    .option('--private', 'return to the private agent of this computer')
    .action(async (options: ConfigOptions, command: Command) => {
      if (options.private) await writeChoice(null);
      else if (options.servAddr !== undefined || options.name !== undefined || options.tokenFile !== undefined) {
        await writeChoice(await choiceFrom(options));
      }
      const choice = await readChoice();
      if (wantsJson(command)) printJson({ server: choice?.url ?? 'private' });
      else print(choice ? `server: ${choice.url}\n` : 'server: the private agent of this computer\n');
      if (choice?.token === null && !process.env['TT_TOKEN']) {
        printError('warning: there is no token for it yet; use --token-file, or set TT_TOKEN\n');
      }
    });
}

async function choiceFrom({ servAddr, servPort, tokenFile, name }: ConfigOptions): Promise<ServerChoice> {
  const before = await (servAddr === undefined ? readChoice() : readChoiceToReplace());
  const url = servAddr === undefined ? before?.url : serverUrl(servAddr, servPort);
  if (url === undefined) throw new InvalidArgumentError('select a server with --serv-addr first.');
  // A token is only ever sent to the server it was given for.
  const known = before?.url === url ? before.token : null;
  const newName = name ?? (before?.url === url ? before.name : undefined);
  return { url, token: (await readToken(tokenFile)) ?? known, ...given({ name: newName }) };
}

/** A bare address gets http and the port; a whole URL is taken as it is. */
function serverUrl(address: string, port: string): string {
  if (/^https?:\/\//.test(address)) return address;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** null: none is given. */
async function readToken(file: string | undefined): Promise<string | null> {
  const token = (file === undefined ? (process.env['TT_TOKEN'] ?? '') : textOf(await readFile(file))).trim();
  if (token !== '') return token;
  if (file === undefined) return null;
  throw new InvalidArgumentError(`there is no token in ${file}.`);
}
