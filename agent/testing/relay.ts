// Test support: a TCP relay between a client and an agent that splits the agent's output at random places and can be cut in the
// middle of a frame, stalled, or redirected to another agent.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  /** Address for clients. */
  readonly url: string;
  /** Links that are open right now. */
  readonly linkCount: number;
  /** Bytes the agent has sent through this relay. */
  readonly bytesFromAgent: number;
  /** Bytes the agent has taken from clients through this relay. */
  readonly bytesToAgent: number;
  /** Where links made from now on lead to. */
  leadTo(url: string): void;
  /** Cuts every link once `bytes` more have come from the agent; 0 cuts at once. */
  cutAfter(bytes: number): void;
  /** While stalled, nothing the agent says is read. */
  stall(stalled: boolean): void;
  close(): Promise<void>;
}

/** `random` gives numbers from 0 to 1; the same ones make the same splits. */
export async function startRelay(agentUrl: string, random: () => number): Promise<Relay> {
  let target = new URL(agentUrl);
  let stalled = false;
  let bytesFromAgent = 0;
  let bytesToAgent = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  const links = new Set<{ client: Socket; agent: Socket }>();

  const server = createServer({ allowHalfOpen: false }, (client) => {
    const agent = connect(Number(target.port), target.hostname).setNoDelay(true);
    client.setNoDelay(true);
    const link = { client, agent };
    links.add(link);
    if (stalled) agent.pause();
    const end = () => {
      links.delete(link);
      client.destroy();
      agent.destroy();
    };
    for (const socket of [client, agent]) socket.on('error', end).on('close', end);
    passRequest(client, agent, target.host, (bytes) => {
      bytesToAgent += bytes;
    });
    agent.on('data', (bytes) => {
      for (let from = 0; from < bytes.length; ) {
        const size = Math.min(1 + Math.floor(random() ** 4 * 4096), bytes.length - from, cutAt - bytesFromAgent);
        client.write(bytes.subarray(from, from + size));
        from += size;
        bytesFromAgent += size;
        if (bytesFromAgent >= cutAt) return cut();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function cut(): void {
    cutAt = Number.POSITIVE_INFINITY;
    for (const { client, agent } of links) {
      client.destroySoon();
      agent.resetAndDestroy();
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get linkCount() {
      return links.size;
    },
    get bytesFromAgent() {
      return bytesFromAgent;
    },
    get bytesToAgent() {
      return bytesToAgent;
    },
    leadTo(url) {
      target = new URL(url);
    },
    cutAfter(bytes) {
      if (bytes === 0) cut();
      else cutAt = bytesFromAgent + bytes;
    },
    stall(stall) {
      stalled = stall;
      for (const { agent } of links) {
        if (stall) agent.pause();
        else agent.resume();
      }
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}

/** The agent answers to its own name only, so the name in the request's head becomes the agent's. */
function passRequest(client: Socket, agent: Socket, host: string, onPassed: (bytes: number) => void): void {
  let head = Buffer.alloc(0);
  let passed = false;
  client.on('data', (bytes) => {
    if (passed) {
      if (!agent.write(bytes, () => onPassed(bytes.length))) client.pause();
      return;
    }
    head = Buffer.concat([head, bytes]);
    if (!head.includes('\r\n\r\n')) return;
    passed = true;
    agent.on('drain', () => client.resume());
    agent.write(head.toString('latin1').replace(/\r\nhost: [^\r]*/i, `\r\nHost: ${host}`), 'latin1');
  });
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
