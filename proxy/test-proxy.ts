// Test support: a proxy in front of a test agent, and a client connected through it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, type NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { makeLogger } from '@tt/server';
import { declaredOnly } from '../agent/testing/declared-errors.ts';
import type { ProxyConfig } from './config.ts';
import { AgentCallers } from './agent-callers.ts';
import type { AgentLinks } from './agent-links.ts';
import { startProxy } from './proxy.ts';

export interface TestProxy {
  readonly url: string;
  readonly token: string;
  readonly connection: NodeConnection;
  readonly client: TtClient;
  /** Its log, a JSON object each. */
  readonly log: readonly string[];
  /** Ends it, not the agent. Rejects when a call failed with a code that it does not declare. */
  stop(): Promise<void>;
}

/** Everything over one connection, for tests of the router alone. */
export function linksOver(own: NodeConnection): AgentLinks {
  return { own, callers: new AgentCallers(() => own, ''), connect: () => own };
}

export async function startTestProxy(
  agent: { url: string; token: string },
  more: Partial<ProxyConfig> = {},
): Promise<TestProxy> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tt-proxy-'));
  const agentTokenFile = path.join(directory, 'agent-token');
  await writeFile(agentTokenFile, agent.token, { mode: 0o600 });
  const config = {
    agentUrl: agent.url,
    agentTokenFile,
    agentAuthorityFile: null,
    agentMustProve: true,
    tokenFile: path.join(directory, 'token'),
    host: '127.0.0.1',
    port: 0,
    tlsAlways: false,
    names: [],
    ownCertificate: null,
    windowDirectory: null,
    logLevel: 'silent',
    logFile: null,
    ...more,
  };
  const log: string[] = [];
  const target = { write: (line: string) => log.push(line) };
  const proxy = await startProxy(config, makeLogger({ level: 'trace', file: null, target }));
  const connection = connectNode(proxy);
  const undeclared: string[] = [];
  return {
    url: proxy.url,
    token: proxy.token,
    connection,
    log,
    client: declaredOnly(connection.client, (fault) => undeclared.push(fault)),
    async stop() {
      connection.close();
      await proxy.stop();
      await rm(directory, { recursive: true, force: true });
      const told = log.filter((line) => line.includes(agent.token) || line.includes(proxy.token));
      if (told.length > 0) throw new Error(`a token is in the log of the proxy:\n${told.join('')}`);
      if (undeclared.length > 0) throw new Error(`the test broke what must always hold:\n${undeclared.join('\n')}`);
    },
  };
}
