// Test support: a hostile QMP server. It sends every message byte by byte, with events in between and replies in any order.
import { createServer, type Server, type Socket } from 'node:net';

export interface QmpRequest {
  execute: string;
  arguments: Record<string, unknown>;
  id: string;
}

const GREETING = { QMP: { version: { qemu: { micro: 22, minor: 2, major: 7 }, package: '' }, capabilities: ['oob'] } };

export class FakeQmpServer {
  readonly #server: Server;
  #socket: Socket | null = null;
  /** Answers a request; what it returns is sent as the reply. Return undefined to send nothing (yet). */
  handle: (request: QmpRequest) => object | undefined = () => ({ return: {} });
  /** False: say nothing to a new client, as QEMU does while another one is connected. */
  greets = true;
  readonly requests: QmpRequest[] = [];

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(socketPath: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(socketPath, resolve));
  }

  /** Sends any message, byte by byte. */
  send(message: object): void {
    this.sendRaw(`${JSON.stringify(message)}\r\n`);
  }

  sendRaw(text: string): void {
    for (const byte of Buffer.from(text)) this.#socket?.write(Uint8Array.of(byte));
  }

  /** Closes the connection after what was sent so far. */
  hangUp(): void {
    this.#socket?.end();
  }

  close(): Promise<void> {
    this.#socket?.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#socket = socket.setNoDelay(true);
    socket.on('error', () => {});
    if (this.greets) this.send(GREETING);
    let pending = '';
    socket.setEncoding('utf8').on('data', (text) => {
      const lines = (pending + String(text)).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.#answer(JSON.parse(line) as QmpRequest);
    });
  }

  #answer(request: QmpRequest): void {
    this.requests.push(request);
    this.send({ event: 'RESUME', data: {}, timestamp: { seconds: 1, microseconds: 2 } });
    const reply = request.execute === 'qmp_capabilities' ? { return: {} } : this.handle(request);
    if (reply !== undefined) this.send({ ...reply, id: request.id });
  }
}
