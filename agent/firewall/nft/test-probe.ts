// Test support: a program inside one network namespace that, on request over a unix socket, listens there and opens connections
// from there. Started by test-network.ts as `node test-probe.ts <socket> <uid or ->`; one JSON line each way.
import { createSocket } from 'node:dgram';
import { createConnection, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What listeners answer: `<name>:<port> <address of the client>`. */
export type ProbeRequest =
  | { kind: 'listen'; protocol: 'tcp' | 'udp'; port: number; name: string; address?: string }
  /** Opens a new connection and waits for the answer; null if none arrives in time or it is refused. */
  | { kind: 'ask'; protocol: 'tcp' | 'udp'; address: string; port: number; source?: string; timeoutMs: number }
  /** Like `ask` with tcp, but the connection stays open for `say`, under `id`. */
  | { kind: 'open'; id: string; address: string; port: number; timeoutMs: number }
  /** One more question over an open connection. */
  | { kind: 'say'; id: string; timeoutMs: number };

type Listen = Extract<ProbeRequest, { kind: 'listen' }>;

/** A request over UDP is repeated this often, because a datagram may be lost. */
const UDP_REPEAT_MS = 100;
const opened = new Map<string, Socket>();

async function handle(request: ProbeRequest): Promise<string | null> {
  switch (request.kind) {
    case 'listen':
      await (request.protocol === 'tcp' ? listenTcp(request) : listenUdp(request));
      return 'listening';
    case 'ask':
      return request.protocol === 'tcp' ? askTcp(request) : askUdp(request);
    case 'open': {
      const socket = createConnection({ host: request.address, port: request.port });
      opened.set(request.id, socket);
      return question(socket, request.timeoutMs);
    }
    case 'say': {
      const socket = opened.get(request.id);
      return socket ? question(socket, request.timeoutMs) : null;
    }
  }
}

/** Answers each byte that comes. */
function listenTcp({ port, name, address = '0.0.0.0' }: Listen): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(`${name}:${port} ${socket.remoteAddress}\n`));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
}

function listenUdp({ port, name, address = '0.0.0.0' }: Listen): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => socket.send(`${name}:${port} ${from.address}\n`, from.port, from.address));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
}

async function askTcp({ address, port, source, timeoutMs }: Extract<ProbeRequest, { kind: 'ask' }>) {
  const socket = createConnection({ host: address, port, ...(source && { localAddress: source }) });
  try {
    return await question(socket, timeoutMs);
  } finally {
    socket.destroy();
  }
}

/** Writes one byte (also before the connection is established) and waits for the answer. */
function question(socket: Socket, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), timeoutMs);
    const onData = (data: Buffer) => end(data.toString().trim());
    const onFailure = () => end(null);
    const end = (answer: string | null) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onFailure);
      resolve(answer);
    };
    socket
      .on('error', () => {})
      .on('close', onFailure)
      .on('data', onData);
    socket.write('?');
  });
}

function askUdp({ address, port, source, timeoutMs }: Extract<ProbeRequest, { kind: 'ask' }>): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let isOver = false;
    const end = (answer: string | null) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearInterval(repeat);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), timeoutMs);
    // Connected, so that a refusal (ICMP) comes back as an error instead of silence.
    const ask = () => socket.send('?', () => {});
    const repeat = setInterval(() => ask(), UDP_REPEAT_MS);
    socket.on('error', () => end(null));
    socket.on('message', (data) => end(data.toString().trim()));
    socket.bind(0, source ?? '0.0.0.0', () => socket.connect(port, address, ask));
  });
}

const [, , socketPath = '', uid = '-'] = process.argv;
createServer((client) => {
  createInterface({ input: client }).on('line', (line) => {
    handle(JSON.parse(line)).then(
      (answer) => client.write(`${JSON.stringify({ answer })}\n`),
      (error) => client.write(`${JSON.stringify({ error: String(error) })}\n`),
    );
  });
}).listen(socketPath, () => {
  if (uid !== '-') process.setuid?.(Number(uid));
});
