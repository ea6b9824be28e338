// Test support: a program on a host of a lab that listens there and opens connections from there on a test's request, so that
// packets prove what is reachable.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { ProbeRequest } from '../../firewall/nft/test-probe.ts';
import type { Lab, LabHost } from './lab.ts';
import { until } from '../until.ts';

const PROGRAM = path.join(import.meta.dirname, '../../firewall/nft/test-probe.ts');
/** An answer that does come takes milliseconds; on a busy machine, from an emulated guest, more. */
const ANSWER_MS = 10_000;
/** How long silence must last to count as "dropped". */
const SILENCE_MS = 700;

export type Protocol = 'tcp' | 'udp';
/** Whether what is asked is meant to come through: silence is believed sooner where it is expected. */
export type Expected = 'answer' | 'silence';

export class LabProbe {
  readonly host: LabHost;
  readonly #socketPath: string;
  #nextId = 1;

  private constructor(host: LabHost, socketPath: string) {
    this.host = host;
    this.#socketPath = socketPath;
  }

  /** Ends with the lab. */
  static async start(lab: Lab, host: LabHost): Promise<LabProbe> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-probe-'));
    lab.onRemove(() => rm(folder, { recursive: true, force: true }));
    const socketPath = path.join(folder, 'socket');
    await lab.start(host, process.execPath, [PROGRAM, socketPath, '-']);
    const probe = new LabProbe(host, socketPath);
    await until(`the probe on ${host.name} answers`, () => probe.#connect().then(close, () => false), 20_000);
    return probe;
  }

  /** Answers `<name>:<port> <address of who asked>` from now on. Rejects when the port is taken. */
  async listen(protocol: Protocol, port: number, address = '0.0.0.0'): Promise<void> {
    await this.#send({ kind: 'listen', protocol, port, name: this.host.name, address });
  }

  /** What something new opened from here hears; null when nothing, or a refusal. */
  ask(protocol: Protocol, address: string, port: number, expected: Expected = 'answer'): Promise<string | null> {
    const timeoutMs = expected === 'answer' ? ANSWER_MS : SILENCE_MS;
    return this.#send({ kind: 'ask', protocol, address, port, timeoutMs });
  }

  /** Opens a TCP connection that stays; each call of what it gives says one byte and gives the answer, or null. */
  async open(address: string, port: number): Promise<() => Promise<string | null>> {
    const id = String(this.#nextId++);
    const first = await this.#send({ kind: 'open', id, address, port, timeoutMs: ANSWER_MS });
    if (first === null) throw new Error(`${this.host.name} could not connect to ${address}:${port}`);
    return () => this.#send({ kind: 'say', id, timeoutMs: ANSWER_MS });
  }

  async #send(request: ProbeRequest): Promise<string | null> {
    const { socket, lines } = await this.#connect();
    try {
      const answered = once(lines, 'line') as Promise<[string]>;
      socket.write(`${JSON.stringify(request)}\n`);
      const { answer, error } = JSON.parse((await answered)[0]) as { answer?: string | null; error?: string };
      if (error) throw new Error(`${this.host.name}: ${error}`);
      return answer ?? null;
    } finally {
      socket.destroy();
    }
  }

  async #connect(): Promise<{ socket: Socket; lines: Interface }> {
    const socket = createConnection(this.#socketPath);
    await once(socket, 'connect');
    return { socket, lines: createInterface({ input: socket }) };
  }
}

function close({ socket }: { socket: Socket }): true {
  socket.destroy();
  return true;
}
