// Test support: a proxy of its own in front of a test agent, and the client of one who comes through it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, type NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { pino } from 'pino';
import { declaredOnly } from '../agent/testing/declared-errors.ts';
import type { ProxyConfig } from './config.ts';
import { startProxy } from './proxy.ts';

export interface TestProxy {
  readonly url: string;
  readonly token: string;
  readonly connection: NodeConnection;
  readonly client: TtClient;
  /** Ends it, not the agent. Rejects when a call failed with a code that it does not declare. */
  stop(): Promise<void>;
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
    agentMustProve: true,
    tokenFile: path.join(directory, 'token'),
    host: '127.0.0.1',
    port: 0,
    windowDirectory: null,
    logLevel: 'silent',
    ...more,
  };
  const proxy = await startProxy(config, pino({ level: 'silent' }));
  const connection = connectNode(proxy);
  const undeclared: string[] = [];
  return {
    url: proxy.url,
    token: proxy.token,
    connection,
    client: declaredOnly(connection.client, (fault) => undeclared.push(fault)),
    async stop() {
      connection.close();
      await proxy.stop();
      await rm(directory, { recursive: true, force: true });
      if (undeclared.length > 0) throw new Error(`the test broke what must always hold:\n${undeclared.join('\n')}`);
    },
  };
}
