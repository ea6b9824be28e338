// The configuration of a proxy, from flags with the names of the seed.
import path from 'node:path';
import { isLoopback, print, printError } from '@tt/client/node';
import type { OwnCertificate } from '@tt/server';
import { Command, InvalidArgumentError } from 'commander';

export interface ProxyConfig {
  /** Base address of the agent. One for now: placement over many is a part of its own. */
  agentUrl: string;
  agentTokenFile: string;
  /** File with the authority by which the agent is known, PEM; null: those that the system trusts. */
  agentAuthorityFile: string | null;
  /** Whether the agent has to prove that it knows the token before it is told; false for one behind a tunnel. */
  agentMustProve: boolean;
  /** File with this proxy's own token; made (0600) when it is missing. */
  tokenFile: string;
  host: string;
  port: number;
  /** Speaks TLS at loopback addresses too. */
  tlsAlways: boolean;
  /** More names at which clients reach this proxy. */
  names: string[];
  /** The administrator's certificate and key; null: one that the proxy makes itself. */
  ownCertificate: OwnCertificate | null;
  windowDirectory: string | null;
  logLevel: string;
  /** Absolute path; null writes to standard output. */
  logFile: string | null;
}

/** The command line, not parsed yet. */
export function proxyCommand(): Command {
  return new Command('tt-proxy')
    .configureOutput({ writeOut: print, writeErr: printError })
    .description('Serves the TT API in front of an agent; clients notice no difference.')
    .requiredOption('--server-set <url>', 'address of the agent, e.g. http://127.0.0.1:9527', oneAgent)
    .requiredOption('--server-token-file <file>', 'file with the agent’s token')
    .option('--server-ca <file>', 'the agent’s certificate authority, PEM: what its address answers at /ca.pem')
    .option('--no-server-proof', 'do not ask an agent at a loopback address to prove itself: it is behind a tunnel')
    .requiredOption('--token-file <file>', 'file with this proxy’s own token; made when it is missing')
    .option('--proxy-addr <address>', 'address to listen on', '127.0.0.1')
    .option('--proxy-port <port>', 'port to listen on, 0 for any', portNumber, 9528)
    .option('--tls', 'speak TLS at a loopback address too; all others speak nothing else')
    .option('--name <names>', 'more host names and addresses of this proxy, with commas between them')
    .option('--cert-file <file>', 'a certificate of your own, with its chain, PEM (default: one the proxy makes)')
    .option('--key-file <file>', 'the private key of --cert-file, PEM')
    .option('--window <dir>', 'folder with the built window, served to browsers')
    .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
    .option('--log-file <file>', 'file for the log, at most 16 MiB beside three older ones (default: standard output)');
}

export function readConfig(argv: readonly string[]): ProxyConfig {
  const program = proxyCommand();
  program.parse(argv, { from: 'user' });
  const options = program.opts<Record<string, string | number | boolean | undefined>>();
  const pathIn = (name: string) => (options[name] === undefined ? null : path.resolve(String(options[name])));
  const [certificateFile, keyFile] = [pathIn('certFile'), pathIn('keyFile')];
  if ((certificateFile === null) !== (keyFile === null))
    program.error('error: --cert-file and --key-file belong together');
  return {
    agentUrl: String(options['serverSet']),
    agentTokenFile: String(options['serverTokenFile']),
    agentAuthorityFile: pathIn('serverCa'),
    agentMustProve: options['serverProof'] !== false && isPlainLoopback(String(options['serverSet'])),
    tokenFile: String(options['tokenFile']),
    host: String(options['proxyAddr']),
    port: Number(options['proxyPort']),
    tlsAlways: options['tls'] === true,
    names: String(options['name'] ?? '')
      .split(',')
      .filter((name) => name !== ''),
    ownCertificate: certificateFile !== null && keyFile !== null ? { certificateFile, keyFile } : null,
    windowDirectory: options['window'] === undefined ? null : String(options['window']),
    logLevel: String(options['logLevel']),
    logFile: options['logFile'] === undefined ? null : path.resolve(String(options['logFile'])),
  };
}

function oneAgent(text: string): string {
  if (text.includes(',')) throw new InvalidArgumentError('one agent for now; give one address.');
  if (!URL.canParse(text)) throw new InvalidArgumentError('give an address like http://127.0.0.1:9527.');
  return text;
}

/** Whether another user of this computer could come to listen there in the agent's place, without a certificate. */
function isPlainLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && isLoopback(hostname);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('give a port from 0 to 65535.');
  return port;
}
