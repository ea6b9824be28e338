// Calls by plain HTTP, over connections that are kept: for commands with one or two questions. WebSocket and oRPC take longer to load
// than such a question takes. What is not certainly an answer of an agent is no answer: the caller uses the link then, which says why.
import type { Agent, IncomingMessage } from 'node:http';
import { API_PREFIX, TtError } from '@tt/protocol';
import { toTtError } from '../errors.ts';
import { connectionTo, type ServerAddress } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

const REQUEST_ID_HEADER = 'x-request-id';
const TIMEOUT_MS = 5000;
/** The limit for one message of the link. */
const LIMIT_BYTES = 100 * 1024 * 1024;

export interface PlainQuestion {
  /** Sent as JSON. */
  body?: unknown;
  /** Of an answer that is waited for; added to the time that any answer may take. Default: 0. */
  waitMs?: number;
}

export class PlainCalls {
  readonly #server: ServerAddress;
  #agent: Agent | null = null;

  constructor(server: ServerAddress) {
    this.#server = server;
  }

  /**
   * The answer; null if there is none that is certainly an agent's: not JSON, without the id of this request, no listener, or too
   * late. It may have been carried out all the same. Rejects only as the call does.
   */
  async ask(method: 'GET' | 'POST', path: string, { body, waitMs = 0 }: PlainQuestion = {}): Promise<unknown> {
    // Unlike a random one it costs nothing: Node loads its cryptography for that.
    const requestId = `tt-${process.pid}-${process.hrtime.bigint()}`;
    const text = body === undefined ? null : JSON.stringify(body);
    let answer: unknown;
    let status = 0;
    try {
      const response = await this.#request(method, path, requestId, text, TIMEOUT_MS + waitMs);
      if (response.headers[REQUEST_ID_HEADER] !== requestId) {
        response.destroy();
        return null;
      }
      status = response.statusCode ?? 0;
      answer = JSON.parse(await textOf(response));
    } catch {
      return null;
    }
    if (status === 200 || status === 201) return answer;
    const unknown = new TtError('AGENT_UNREACHABLE', { url: this.#server.url });
    const refusal = toTtError(answer, () => unknown);
    if (refusal === unknown) return null;
    throw refusal;
  }

  /** Closes the connections; nothing may be asked meanwhile. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = null;
  }

  #request(
    method: string,
    path: string,
    requestId: string,
    body: string | null,
    timeoutMs: number,
  ): Promise<IncomingMessage> {
    const { url: base, token } = this.#server;
    const url = new URL(httpBase(base) + API_PREFIX + path);
    const headers = {
      authorization: `Bearer ${token}`,
      [REQUEST_ID_HEADER]: requestId,
      ...(body !== null && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    // An import of node:http makes Node load all that it could give, `WebSocket` and with it undici: 90 ms of processor time.
    const http = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
    return new Promise((resolve, reject) => {
      this.#agent ??= this.#agentOf(http.Agent);
      const asked = http.request(url, { method, headers, agent: this.#agent }, resolve);
      const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), timeoutMs);
      asked.on('error', reject);
      asked.on('close', () => clearTimeout(timer));
      asked.end(body ?? undefined);
    });
  }

  #agentOf(Kind: new (options: { keepAlive: boolean }) => Agent): Agent {
    const agent = new Kind({ keepAlive: true });
    const createConnection = connectionTo(this.#server);
    return createConnection ? Object.assign(agent, { createConnection }) : agent;
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    text += part as string;
    if (text.length > LIMIT_BYTES) throw new Error('the answer is too long');
  }
  return text;
}
