// `tt config`: selects the server. The token comes from a file or the environment, never from an argument that others could see.
import { readFile } from 'node:fs/promises';
import { isLoopback, readFingerprint, readJoinLink, redeemCode, settleTrust, socketFileIn } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { answerOf, canAsk } from '../confirm.ts';
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
  ca?: string;
  name?: string;
  private?: true;
}

export function addConfigCommand(program: Command): void {
  withServerFlags(withJson(program.command('config')))
    .description('show or select the server (default: the private agent of this computer)')
    .option('--token-file <file>', 'file with the access token (or set TT_TOKEN)')
    .option('-n, --name <name>', 'a name for this choice, shown by "tt status"')
    .option('--private', 'return to the private agent of this computer')
    .action(async (options: ConfigOptions, command: Command) => {
      if (options.private) await writeChoice(null);
      else if (
        options.servAddr !== undefined ||
        options.name !== undefined ||
        options.tokenFile !== undefined ||
        options.ca !== undefined
      ) {
        await writeChoice(await choiceFrom(options, command));
      }
      const choice = await readChoice();
      if (wantsJson(command)) printJson({ server: choice?.url ?? 'private' });
      else print(choice ? `server: ${choice.url}\n` : 'server: the private agent of this computer\n');
      if (choice?.token === null && !process.env['TT_TOKEN']) {
        printError('warning: there is no token for it yet; use --token-file, or set TT_TOKEN\n');
      }
    });
}

/** Which server, and by what it is known. */
export function withServerFlags(command: Command): Command {
  return command
    .option(
      '-a, --serv-addr <address>',
      'address of an agent or proxy, a unix socket of this computer (unix:/run/tt/agent.sock), or a join link',
    )
    .option('-p, --serv-port <port>', 'port of the agent or proxy', '9527')
    .option(
      '--ca <fingerprint>',
      'the SHA-256 of its certificate authority, as "tt status" there shows it, in digits or in words, or a file with it (PEM)',
    );
}

/** The server that flags name, once it is trusted. A person is asked about one that nobody here knows. */
export async function choiceFrom(options: ConfigOptions, command: Command): Promise<ServerChoice> {
  const { servAddr, servPort, tokenFile, ca, name } = options;
  const before = await (servAddr === undefined ? readChoice() : readChoiceToReplace());
  const link = servAddr === undefined ? null : readJoinLink(serverUrl(servAddr, servPort));
  if (servAddr !== undefined && !link) throw new InvalidArgumentError('what follows # is no code of a join link.');
  const url = link?.url.replace(/\/$/, '') ?? before?.url;
  if (url === undefined) throw new InvalidArgumentError('select a server with --serv-addr first.');
  // A token is only ever sent to the server it was given for, and an authority only pinned for it.
  const known = before?.url === url ? before : null;
  const fingerprint = ca === undefined ? (link?.fingerprint ?? null) : await fingerprintIn(ca);
  const isAsked = servAddr !== undefined || ca !== undefined;
  const authority = isAsked ? await trusted(url, fingerprint, known?.authority ?? null, command) : known?.authority;
  const code = link?.code ?? null;
  const secret = code === null ? null : await redeemCode({ url, authority: authority ?? null }, code);
  return {
    url,
    token: secret ?? (await readToken(tokenFile)) ?? known?.token ?? null,
    ...given({ authority: authority ?? undefined, name: name ?? known?.name }),
  };
}

/** A person is asked about a server that nobody here knows; a script must say `--ca`. A server that is off is asked about later. */
async function trusted(
  url: string,
  fingerprint: string | null,
  known: string | null,
  command: Command,
): Promise<string | null> {
  try {
    return await settleTrust(url, { fingerprint, known });
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    if (error.code === 'AGENT_UNREACHABLE' && fingerprint === null) return known;
    const presented = error.code === 'SERVER_NOT_TRUSTED' ? (error.data as { fingerprint: string }).fingerprint : null;
    if (presented === null || !canAsk(command)) throw error;
    const [{ fingerprintWords }, { comparedFingerprint }] = await Promise.all([
      import('@tt/client/fingerprint-words'),
      import('../compared-fingerprint.ts'),
    ]);
    printError(`${error.message}\nIn words: ${fingerprintWords(presented, 'en')}\n`);
    const told = await answerOf(
      'Is it the same there? Type it as it is shown there, in digits or in words, or y [y/N]',
    );
    const compared = comparedFingerprint(told, presented);
    if (compared === null) throw error;
    // Another one than is presented is not just unknown: somebody may be between.
    return settleTrust(url, { fingerprint: compared, known: null });
  }
}

/** 64 digits or 24 words, or the certificate in a file. */
async function fingerprintIn(ca: string): Promise<string> {
  const typed = readFingerprint(ca) ?? (await import('@tt/client/fingerprint-words')).readFingerprintWords(ca);
  if (typed !== null) return typed;
  const { fingerprintOf } = await import('@tt/client/node');
  const pem = textOf(await readFile(ca));
  try {
    return fingerprintOf(pem);
  } catch {
    throw new InvalidArgumentError(`${ca} is neither a SHA-256 nor a file with a certificate (PEM).`);
  }
}

/** A bare address gets its scheme and the port; a whole URL or unix socket is taken as it is. Plain HTTP stays on this computer. */
function serverUrl(address: string, port: string): URL {
  if (/^unix:/i.test(address)) return unixUrl(address);
  const bare = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  const scheme = isLoopback(URL.parse(`http://${bare}`)?.hostname ?? '') ? 'http' : 'https';
  const text = /^https?:\/\//.test(address) ? address : `${scheme}://${bare}:${port}`;
  const url = URL.parse(text);
  if (!url) throw new InvalidArgumentError('give an address such as 10.0.0.5, or a URL.');
  return url;
}

/** Without what follows `#`, which may be a code. */
function unixUrl(address: string): URL {
  const [place = ''] = address.split('#');
  if (socketFileIn(place) === null)
    throw new InvalidArgumentError('give the whole path of the socket, as in unix:/run/tt/agent.sock.');
  return new URL(address);
}

/** null: none is given. */
async function readToken(file: string | undefined): Promise<string | null> {
  const token = (file === undefined ? (process.env['TT_TOKEN'] ?? '') : textOf(await readFile(file))).trim();
  if (token !== '') return token;
  if (file === undefined) return null;
  throw new InvalidArgumentError(`there is no token in ${file}.`);
}
