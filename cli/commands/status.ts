// `tt status` and `tt open`: this computer's settings and whether its server answers, the server's capacity, and its window.
import { fingerprintOf, fingerprintText, joinLink, namedUrl, stateDirectory } from '@tt/client/node';
import { type ErrorRecord, toErrorRecord } from '@tt/protocol';
import type { Command } from 'commander';
import { exitCodeFor } from '../exit-codes.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { inOneLine, labelled, printJson } from '../output.ts';
import { readChoice, readServer, withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { TT_VERSION } from '../version.ts';
import { hostText } from './host.ts';
import { wantsJson, withJson } from './json-option.ts';

interface StatusOptions {
  server?: true;
  client?: true;
}

/** What stays `null` was not asked, or has no answer. */
interface LocalStatus {
  stateDirectory: string;
  version: string;
  /** `private`, or the address of the chosen server. */
  server: string;
  clientName: string | null;
  url: string | null;
  /** SHA-256 of the certificate authority that is pinned, in groups of four digits; `null` without TLS, or if the system trusts it. */
  fingerprint: string | null;
  /** The same in 24 English words. */
  fingerprintWords: string | null;
  reachable: boolean | null;
  latencyMs: number | null;
  serverVersion: string | null;
  hostName: string | null;
  user: string | null;
  role: string | null;
  problem: ErrorRecord | null;
}

export function addStatusCommands(program: Command): void {
  withJson(program.command('status'))
    .description('show this computer’s settings, whether its server answers, and who you are there')
    .option('-s, --server', 'show the capacity and the systems of the server')
    .option('-c, --client', 'only the settings of this computer: ask no server')
    .action(async (options: StatusOptions, command: Command) => {
      if (options.server) await showServer(wantsJson(command));
      else await showLocal(options.client === true, wantsJson(command));
    });

  withJson(program.command('open'))
    .description('open the window in a browser, or print a link to it (works once, for ten minutes)')
    .option('--print', 'only print the link')
    .action(async (options: { print?: true }, command: Command) => {
      await withServer(async ({ client }, server) => {
        const { code, expiresAt } = await client.session.invite();
        // The code stands in the fragment: browsers never send that part, so no server or log sees it.
        const link = joinLink({ ...server, url: namedUrl(server.url) }, code);
        if (wantsJson(command)) printJson({ link, expiresAt });
        // What reads the output wants the link.
        else if (options.print || !process.stdout.isTTY || !(await openInBrowser(link))) print(`${link}\n`);
        else print('The window opens in the browser. A link for another browser: tt open --print\n');
      });
    });
}

async function showLocal(onlyClient: boolean, json: boolean): Promise<void> {
  const choice = await readChoice();
  const status: LocalStatus = {
    stateDirectory: stateDirectory(),
    version: TT_VERSION,
    server: choice?.url ?? 'private',
    clientName: choice?.name ?? null,
    url: null,
    fingerprint: null,
    fingerprintWords: null,
    reachable: null,
    latencyMs: null,
    serverVersion: null,
    hostName: null,
    user: null,
    role: null,
    problem: null,
  };
  if (!onlyClient) await askServer(status);
  if (json) printJson(status);
  else print(statusText(status));
}

async function askServer(status: LocalStatus): Promise<void> {
  const { asKnownFailure, reach } = await import('../reach.ts');
  try {
    const { server, me, host, latencyMs } = await reach();
    Object.assign(status, {
      url: server.url,
      ...(server.authority !== null && (await fingerprintsOf(server.authority))),
      reachable: true,
      latencyMs: Math.round(latencyMs * 10) / 10,
      serverVersion: host.version,
      hostName: host.name,
      user: me.name,
      role: me.role,
    });
  } catch (error) {
    const failure = asKnownFailure(error);
    status.problem = toErrorRecord(failure);
    // Refused is an answer too.
    status.reachable = failure.code === 'UNAUTHORIZED';
    process.exitCode = exitCodeFor(failure.code);
  }
}

async function fingerprintsOf(authority: string): Promise<Pick<LocalStatus, 'fingerprint' | 'fingerprintWords'>> {
  const { fingerprintWords } = await import('@tt/client/fingerprint-words');
  const fingerprint = fingerprintOf(authority);
  return { fingerprint: fingerprintText(fingerprint), fingerprintWords: fingerprintWords(fingerprint, 'en') };
}

function statusText(status: LocalStatus): string {
  const { problem, url, server } = status;
  const where = server === 'private' ? `the private agent of this computer${url === null ? '' : ` (${url})`}` : server;
  const lines: [label: string, text: string][] = [
    ['state folder', status.stateDirectory],
    ['tt', status.version],
    ...(status.clientName === null ? [] : [['name', status.clientName] as [string, string]]),
    ['server', where],
  ];
  if (problem) {
    const text = `${status.reachable ? 'yes' : 'no'}: ${inOneLine(problem.message)} [${problem.code}]`;
    lines.push(['reachable', text], ['', inOneLine(problem.fix)]);
  } else if (status.reachable) {
    lines.push(
      ['reachable', `yes, ${status.latencyMs} ms`],
      ['version', `TT ${status.serverVersion} on ${status.hostName}`],
      ...(status.fingerprint === null ? [] : [['fingerprint', status.fingerprint] as [string, string]]),
      ...(status.fingerprintWords === null ? [] : [['in words', status.fingerprintWords] as [string, string]]),
      ['you are', `${status.user} (${status.role})`],
    );
  }
  return labelled(lines);
}

async function showServer(json: boolean): Promise<void> {
  const { readSystems } = await import('../reach.ts');
  const [{ answer: host, server }, systems] = await Promise.all([readServer('host.show'), readSystems()]);
  if (json) printJson({ ...host, systems });
  else print(hostText(host, server.url, systems));
}
