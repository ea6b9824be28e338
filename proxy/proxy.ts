// Assembles the proxy by hand: a link to the agent, the relayed contract, and the same border as an agent.
import { readFile } from 'node:fs/promises';
import { connectNode, readOrMakeToken } from '@tt/client/node';
import {
  type BorderContext,
  Identities,
  Logins,
  openTlsIdentity,
  renewTlsIdentity,
  serveContract,
  Tickets,
} from '@tt/server';
import type { Logger } from 'pino';
import { AgentCallers } from './agent-callers.ts';
import { agentStreams, type RelayPurpose } from './agent-streams.ts';
import type { ProxyConfig } from './config.ts';
import { proxyRouter } from './router.ts';
import { sessionFile } from './session-file.ts';

const PROXY_VERSION = '0.1.0';
/** Of a certificate that is valid for a month, and of files that an administrator replaces. */
const RENEW_EVERY_MS = 60 * 60_000;
/** For callers who have been idle. */
const LOOK_EVERY_MS = 60_000;

export interface RunningProxy {
  url: string;
  token: string;
  /** PEM of the authority that clients pin; null without TLS, or with a certificate of the administrator that ends elsewhere. */
  authority: string | null;
  /** Reads the files of the certificate again. Rejects never. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export async function startProxy(config: ProxyConfig, logger: Logger): Promise<RunningProxy> {
  const now = () => new Date();
  const agentToken = (await readFile(config.agentTokenFile, 'utf8')).trim();
  const token = await readOrMakeToken(config.tokenFile);
  const { agentUrl: url, agentMustProve: mustProve, agentAuthorityFile } = config;
  const authority = agentAuthorityFile === null ? null : await readFile(agentAuthorityFile, 'utf8');
  const connect = (token = agentToken, onLost?: () => void) =>
    connectNode({ url, token, mustProve, provenBy: agentToken, authority }, onLost);
  const callers = new AgentCallers(connect, agentToken);
  const agent = { own: connect(undefined), callers, connect };
  const tickets = new Tickets<RelayPurpose>(now);
  const identities = new Identities(token);
  const logins = new Logins(identities, now, sessionFile(`${config.tokenFile}.sessions`));
  const tls = await openTlsIdentity({
    host: config.host,
    always: config.tlsAlways,
    folder: `${config.tokenFile}.tls`,
    own: config.ownCertificate,
    names: config.names,
    now,
  });
  const server = await serveContract({
    host: config.host,
    port: config.port,
    identities,
    logins,
    elsewhere: callers,
    calls: {
      router: proxyRouter(agent, tickets, agentToken),
      contextFor: (border): BorderContext => border,
      onInternal: (error, requestId) => logger.error({ err: error, requestId }, 'call failed'),
    },
    streams: agentStreams(agent, tickets, logger),
    tls: tls ?? undefined,
    names: config.names,
    windowDirectory: config.windowDirectory,
    version: PROXY_VERSION,
    logger,
  });
  const looking = setInterval(() => callers.look(), LOOK_EVERY_MS).unref();
  const renewing = setInterval(() => void renewTlsIdentity(tls, logger), RENEW_EVERY_MS).unref();
  logger.info({ url: server.url, fingerprint: tls?.pinned?.fingerprint, agent: config.agentUrl }, 'proxy ready');
  return {
    url: server.url,
    token,
    authority: tls?.pinned?.authority ?? null,
    reload: () => renewTlsIdentity(tls, logger),
    async stop() {
      clearInterval(renewing);
      clearInterval(looking);
      agent.own.close();
      callers.close();
      await server.close();
    },
  };
}
