// `tt login` and `tt logout`: this computer gets a token of its own, by the company's OpenID provider or by a name and a password, and
// gives it back. A password is typed or read from a file, never an argument.
import { createInterface } from 'node:readline/promises';
import { connectNode, logInByBrowser, logInByPassword, type OpenServer } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { openInBrowser } from '../open-in-browser.ts';
import { printJson } from '../output.ts';
import { readChoice, type ServerChoice, writeChoice } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { choiceFrom, withServerFlags } from './config.ts';
import { askUnseen, firstLineOf } from './guest-password.ts';
import { wantsJson, withJson } from './json-option.ts';

interface LoginOptions {
  user?: string;
  passwordFile?: string;
  browser: boolean;
  servAddr?: string;
  servPort: string;
  ca?: string;
}

export function addLoginCommands(program: Command): void {
  withServerFlags(withJson(program.command('login')))
    .description('log in to the selected server in a browser, by its OpenID provider, or with --user by a password')
    .option('--user <name>', 'log in by the password of this user, which is asked for')
    .option('--password-file <file>', 'read the password from the first line of a file; - is standard input')
    .option('--no-browser', 'only print the address to open')
    .action(async (options: LoginOptions, command: Command) => {
      const choice = await wantedServer(options, command);
      const server = { url: choice.url, authority: choice.authority ?? null };
      const token = options.user === undefined ? await byBrowser(server, options) : await byPassword(server, options);
      const name = await nameOf({ ...server, token });
      await writeChoice({ ...choice, token });
      if (wantsJson(command)) printJson({ server: choice.url, user: name });
      else print(`${name} is logged in at ${choice.url}\n`);
    });

  withJson(program.command('logout'))
    .description('give back the token of this computer for the selected server, and forget it')
    .option('--forget', 'only forget it here: the server can’t be reached any more')
    .action(async ({ forget }: { forget?: true }, command: Command) => {
      const choice = await readChoice();
      if (!choice?.token) throw new TtError('UNAUTHORIZED', {});
      const isRevoked = forget ? false : await giveBack(choice, choice.token);
      await writeChoice({ ...choice, token: null });
      if (wantsJson(command)) printJson({ server: choice.url, revoked: isRevoked });
      else print(isRevoked ? `logged out of ${choice.url}\n` : `the token for ${choice.url} is forgotten here\n`);
    });
}

/** The one that flags name, otherwise the selected one. */
async function wantedServer(options: LoginOptions, command: Command): Promise<ServerChoice> {
  const { servAddr, servPort, ca, user, passwordFile } = options;
  if (passwordFile !== undefined && user === undefined) throw new InvalidArgumentError('--password-file needs --user.');
  if (servAddr !== undefined || ca !== undefined) {
    return choiceFrom(
      { servPort, ...(servAddr !== undefined && { servAddr }), ...(ca !== undefined && { ca }) },
      command,
    );
  }
  const choice = await readChoice();
  if (choice) return choice;
  throw new InvalidArgumentError(
    'select a server with --serv-addr: the private agent of this computer needs no login.',
  );
}

async function byPassword(server: OpenServer, { user = '', passwordFile }: LoginOptions): Promise<string> {
  if (passwordFile === undefined && !process.stdin.isTTY)
    throw new InvalidArgumentError('there is no terminal to ask at: use --password-file.');
  const password =
    passwordFile === undefined
      ? await askUnseen(`Password of ${user}: `, 'session.beginOidc')
      : firstLineOf(passwordFile);
  return logInByPassword(server, { userName: user, password });
}

function byBrowser(server: OpenServer, { browser }: LoginOptions): Promise<string> {
  return logInByBrowser(server, {
    open: async (url) => {
      const isOpen = browser && (await openInBrowser(url));
      printError(
        isOpen ? `Log in in the browser, or open this address:\n${url}\n` : `Open this address to log in:\n${url}\n`,
      );
    },
    ...(process.stdin.isTTY && { pasted: askForAddress }),
  });
}

/** For a browser of another computer, which can't come back here. */
async function askForAddress(signal: AbortSignal): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question('Is that browser on another computer? Paste the address where it ends: ', { signal });
  } finally {
    asking.close();
  }
}

async function nameOf(server: OpenServer & { token: string }): Promise<string> {
  const connection = connectNode(server);
  try {
    return (await connection.client.host.me()).name;
  } finally {
    connection.close();
  }
}

/** False: the server does not know it any more, or it is none that can be given back, such as one of its configuration. */
async function giveBack({ url, authority }: ServerChoice, token: string): Promise<boolean> {
  const connection = connectNode({ url, authority: authority ?? null, token });
  try {
    const { client } = connection;
    const own = (await client.token.list()).tokens.find(({ isThis }) => isThis);
    if (!own) return (await client.session.end({ which: 'this' })).ended > 0;
    await client.token.revoke({ tokenId: own.id }).catch(unlessCutOff);
    return true;
  } catch (error) {
    if (error instanceof TtError && error.code === 'UNAUTHORIZED') return false;
    throw error;
  } finally {
    connection.close();
  }
}

/** Revoking a token cuts its own connection, perhaps before the answer. */
function unlessCutOff(error: unknown): void {
  if (!(error instanceof TtError && error.code === 'AGENT_GONE')) throw error;
}
