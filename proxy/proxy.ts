// Assembles the proxy by hand: a link to the agent, the relayed contract, and the same border as an agent.
import { readFile } from 'node:fs/promises';
import { connectNode, readOrMakeToken } from '@tt/client/node';
import { type BorderContext, Identities, Logins, serveContract, Tickets } from '@tt/server';
import type { Logger } from 'pino';
import { agentStreams, type RelayPurpose } from './agent-streams.ts';
import type { ProxyConfig } from './config.ts';
import { proxyRouter } from './router.ts';
import { sessionFile } from './session-file.ts';

const PROXY_VERSION = '0.1.0';

export interface RunningProxy {
  url: string;
  token: string;
  stop(): Promise<void>;
}

export async function startProxy(config: ProxyConfig, logger: Logger): Promise<RunningProxy> {
  const now = () => new Date();
  const agentToken = (await readFile(config.agentTokenFile, 'utf8')).trim();
  const token = await readOrMakeToken(config.tokenFile);
  const connect = () => connectNode({ url: config.agentUrl, token: agentToken, mustProve: config.agentMustProve });
  const agent = connect();
  const tickets = new Tickets<RelayPurpose>(now);
  const identities = new Identities(token);
  const logins = new Logins(identities, now, sessionFile(`${config.tokenFile}.sessions`));
  const server = await serveContract({
    host: config.host,
    port: config.port,
    identities,
    logins,
    calls: {
      router: proxyRouter(agent, tickets, connect),
      contextFor: (border): BorderContext => border,
      onInternal: (error, requestId) => logger.error({ err: error, requestId }, 'call failed'),
    },
    streams: agentStreams(agent, tickets, logger),
    windowDirectory: config.windowDirectory,
    version: PROXY_VERSION,
    logger,
  });
  logger.info({ url: server.url, agent: config.agentUrl }, 'proxy ready');
  return {
    url: server.url,
    token,
    async stop() {
      agent.close();
      await server.close();
    },
  };
}
