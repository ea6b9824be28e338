// Talks to the guest agent (QEMU's qga/qapi-schema.json) over the unix socket of its virtio-serial port. Shared by the engines:
// check that it is there, run a program, set the clock. The port takes one client at a time, so send one request at a time.
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { connectUnixSocket } from '@tt/client/node';
import { visible } from '@tt/protocol';
import { EngineError } from './errors.ts';
import { LineSplitter } from './qemu/line-splitter.ts';

/** Flushes a partial request that an earlier client left in the agent's parser. */
const FLUSH = Uint8Array.of(0xff);
/** The limit for a guest's answer about itself. */
const QUOTED_CHARACTERS = 300;

/** What a guest may send beside its answers on one connection: what it still had for a client before this one. */
const MOST_UNASKED_BYTES = 16 * 1024 * 1024;

type Answer = Record<string, unknown>;

/** As those see it who are given their turn. */
export type GuestAgentLink = Pick<GuestAgent, 'execute'>;

/** One connection. Not closed for writing before an answer came, as that drops the answer. */
export class GuestAgent {
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter();
  readonly #deadline: number;
  #waiting: {
    isAnswer: (answer: Answer) => boolean;
    take: (answer: Answer) => void;
    fail: (error: Error) => void;
  } | null = null;
  #ended: EngineError | null = null;
  #unaskedBytes = 0;

  private constructor(socket: Socket, deadline: number) {
    this.#socket = socket;
    this.#deadline = deadline;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) =>
      this.#end(new EngineError('VM_GONE', "nobody listens on the guest agent's socket", { cause: error })),
    );
    // The VM ended, or reset its port.
    socket.on('close', () => this.#end(silent('its port was closed')));
  }

  /**
   * Connects and waits until the agent answers this client. GUEST_AGENT_SILENT if it does not within `timeoutMs`, which also
   * limits all requests on this connection together; VM_GONE if nothing listens on the socket.
   */
  static async connect(socketPath: string, timeoutMs: number): Promise<GuestAgent> {
    const agent = new GuestAgent(connectUnixSocket(socketPath), Date.now() + timeoutMs);
    try {
      agent.#socket.write(FLUSH);
      // What the agent answers to somebody before us may still come: only this number is for us. A double holds it.
      const id = randomInt(2 ** 47);
      await agent.#ask(`{"execute":"guest-sync","arguments":{"id":${id}}}`, (answer) => answer['return'] === id);
      return agent;
    } catch (error) {
      agent.close();
      throw error;
    }
  }

  /**
   * `args` as JSON text, because the agent accepts integers too large for a double. COMMAND_FAILED with the agent's own
   * message.
   */
  async execute(command: string, args = '{}'): Promise<unknown> {
    const text = `{"execute":${JSON.stringify(command)},"arguments":${args}}`;
    const answer = await this.#ask(text, (candidate) => 'return' in candidate || 'error' in candidate);
    if ('return' in answer) return answer['return'];
    const error = answer['error'] as { class?: string; desc?: unknown } | null;
    const said = typeof error?.desc === 'string' ? error.desc : 'it does not say why';
    const why = visible(said.slice(0, QUOTED_CHARACTERS));
    const message = `the agent in the guest refused ${command}: ${why}`;
    const isUnknown = error?.class === 'CommandNotFound';
    throw new EngineError(isUnknown ? 'GUEST_AGENT_SILENT' : 'COMMAND_FAILED', message);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #ask(text: string, isAnswer: (answer: Answer) => boolean): Promise<Answer> {
    if (this.#ended) throw this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting = { isAnswer, take: resolve, fail: reject };
    this.#socket.write(`${text}\n`);
    const timer = setTimeout(
      () => reject(silent('it did not answer in time')),
      Math.max(0, this.#deadline - Date.now()),
    );
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting = null;
    });
  }

  #receive(bytes: Buffer): void {
    this.#unaskedBytes += bytes.length;
    let lines: string[];
    try {
      lines = this.#splitter.push(bytes);
    } catch {
      this.#giveUp('it sends an endless line');
      return;
    }
    for (const answer of lines.map(parseAnswer)) {
      if (answer === null || !this.#waiting?.isAnswer(answer)) continue;
      this.#unaskedBytes = 0;
      this.#waiting.take(answer);
    }
    if (this.#unaskedBytes > MOST_UNASKED_BYTES) this.#giveUp('it sends what nobody has asked for');
  }

  /** Nothing more is read from it. */
  #giveUp(why: string): void {
    this.#end(silent(why));
    this.close();
  }

  #end(error: EngineError): void {
    this.#ended ??= error;
    this.#waiting?.fail(this.#ended);
  }
}

/** True if the agent answers within `timeoutMs`. VM_GONE if nothing listens on the socket. */
export async function pingGuestAgent(socketPath: string, timeoutMs: number): Promise<boolean> {
  try {
    const agent = await GuestAgent.connect(socketPath, timeoutMs);
    await agent.execute('guest-ping').finally(() => agent.close());
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'VM_GONE') return false;
    throw error;
  }
}

function silent(why: string): EngineError {
  return new EngineError('GUEST_AGENT_SILENT', `the agent in the guest does not answer: ${why}`);
}

/** Null for a line that is no answer. */
function parseAnswer(line: string): Answer | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? (value as Answer | null) : null;
  } catch {
    return null;
  }
}
