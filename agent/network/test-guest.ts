// Test support, run as a program inside a guest's network namespace: what a guest's own programs would do.
//   node test-guest.ts dhcp <mac>                 one DHCP exchange (RFC 2131); prints the lease as JSON, or null
//   node test-guest.ts confirm <mac> <address>    what a rebooted guest says; prints all answers within 1.5 s as JSON
//   node test-guest.ts resolve <server> <name>    prints the IPv4 address, or null
//   node test-guest.ts reach <host> [<own>]       true if the host answers TCP (also with a refusal) within 1.5 s
//   node test-guest.ts sink <port>                takes TCP connections; prints the bytes of each at its end
//   node test-guest.ts send <host> <port> <ms>    sends as much as goes; ends when the other side has it all
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createConnection, createServer } from 'node:net';

const MAGIC_COOKIE = 0x6382_5363;
const DISCOVER = 1;
const OFFER = 2;
const REQUEST = 3;
const ACK = 5;
/** A lost packet is sent again after this long, so many times. */
const RETRY_MS = 400;
const TRIES = 5;

const [command, ...words] = process.argv.slice(2);
if (command === 'dhcp') await dhcp(words[0] ?? '');
else if (command === 'confirm') await confirm(words[0] ?? '', words[1] ?? '');
else if (command === 'resolve') await resolve(words[0] ?? '', words[1] ?? '');
else if (command === 'reach') await reach(words[0] ?? '', words[1]);
else if (command === 'sink') sink(Number(words[0]));
else if (command === 'send') await send(words[0] ?? '', Number(words[1]), Number(words[2]));
else throw new Error(`no such command: ${command}`);

async function dhcp(mac: string): Promise<void> {
  const transaction = randomInt(2 ** 32);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((bound) => socket.bind(68, '0.0.0.0', bound));
  socket.setBroadcast(true);
  const exchange = async (options: number[][], wanted: number) => {
    const packet = dhcpPacket(transaction, mac, options);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = nextAnswer(transaction, wanted);
      socket.send(packet, 67, '255.255.255.255');
      const got = await answer;
      if (got) return got;
    }
    return null;
  };
  const nextAnswer = (id: number, wanted: number) =>
    new Promise<ReturnType<typeof readDhcp> | null>((answered) => {
      const hear = (packet: Buffer) => {
        if (packet.length < 240 || packet.readUInt32BE(4) !== id) return;
        const read = readDhcp(packet);
        if (read.options.get(53)?.[0] === wanted) done(read);
      };
      const timer = setTimeout(() => done(null), RETRY_MS);
      const done = (result: ReturnType<typeof readDhcp> | null) => {
        clearTimeout(timer);
        socket.off('message', hear);
        answered(result);
      };
      socket.on('message', hear);
    });
  const specs = [55, 6, 1, 3, 6, 12, 15, 26];
  const offer = await exchange([[53, 1, DISCOVER], specs], OFFER);
  const server = offer?.options.get(54);
  const ack =
    offer && server
      ? await exchange([[53, 1, REQUEST], [50, 4, ...offer.yours], [54, 4, ...server], specs], ACK)
      : null;
  socket.close();
  const address = (option: number) => ack?.options.get(option)?.subarray(0, 4).join('.') ?? null;
  const text = (option: number) => ack?.options.get(option)?.toString('latin1') ?? null;
  const lease = ack && {
    address: ack.yours.join('.'),
    netmask: address(1),
    router: address(3),
    dns: address(6),
    server: address(54),
    hostname: text(12),
    domain: text(15),
    mtu: ack.options.get(26)?.readUInt16BE() ?? null,
  };
  process.stdout.write(JSON.stringify(lease));
}

/** Requests the address it remembers, from any server (INIT-REBOOT): 5 is yes (ACK), 6 is no (NAK). */
async function confirm(mac: string, address: string): Promise<void> {
  const transaction = randomInt(2 ** 32);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((bound) => socket.bind(68, '0.0.0.0', bound));
  socket.setBroadcast(true);
  const answers: (number | undefined)[] = [];
  socket.on('message', (packet) => {
    if (packet.length >= 240 && packet.readUInt32BE(4) === transaction)
      answers.push(readDhcp(packet).options.get(53)?.[0]);
  });
  const options = [
    [53, 1, REQUEST],
    [50, 4, ...address.split('.').map(Number)],
  ];
  socket.send(dhcpPacket(transaction, mac, options), 67, '255.255.255.255');
  // That nobody else answers can only be told by giving them the time to.
  await new Promise((passed) => setTimeout(passed, 1_500));
  socket.close();
  process.stdout.write(JSON.stringify(answers));
}

function dhcpPacket(transaction: number, mac: string, options: number[][]): Buffer {
  const head = Buffer.alloc(240);
  // Boot request over Ethernet, answered by broadcast since this guest has no address to be reached at.
  head.set([1, 1, 6, 0]);
  head.writeUInt32BE(transaction, 4);
  head.writeUInt16BE(0x8000, 10);
  head.set(
    mac.split(':').map((byte) => Number.parseInt(byte, 16)),
    28,
  );
  head.writeUInt32BE(MAGIC_COOKIE, 236);
  return Buffer.concat([head, Buffer.from([...options.flat(), 255]), Buffer.alloc(60)]);
}

function readDhcp(packet: Buffer): { yours: Buffer; options: Map<number, Buffer> } {
  const options = new Map<number, Buffer>();
  for (let at = 240; at < packet.length && packet[at] !== 255; ) {
    const code = packet[at] ?? 0;
    const length = code === 0 ? -1 : (packet[at + 1] ?? 0);
    if (code !== 0) options.set(code, packet.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { yours: packet.subarray(16, 20), options };
}

async function resolve(server: string, name: string): Promise<void> {
  const resolver = new Resolver({ timeout: 2_000, tries: 3 });
  resolver.setServers([server]);
  const found = await resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => {
    if (['ENOTFOUND', 'EREFUSED', 'ENODATA'].includes(error.code ?? '')) return [null];
    throw error;
  });
  process.stdout.write(JSON.stringify(found[0]));
}

async function reach(host: string, localAddress: string | undefined): Promise<void> {
  const socket = createConnection({ host, port: 9, ...(localAddress === undefined ? {} : { localAddress }) });
  const answered = await new Promise<boolean>((decided) => {
    socket.once('connect', () => decided(true));
    socket.once('error', (error: NodeJS.ErrnoException) => decided(error.code === 'ECONNREFUSED'));
    socket.setTimeout(1_500, () => decided(false));
  });
  socket.destroy();
  process.stdout.write(JSON.stringify(answered));
}

function sink(port: number): void {
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => socket.end(`${bytes}`));
    socket.on('error', (error) => process.stderr.write(`${error.message}\n`));
  });
  server.listen(port, '0.0.0.0', () => process.stdout.write('listening\n'));
}

/** Prints how many bytes arrived and how many milliseconds that took. */
async function send(host: string, port: number, durationMs: number): Promise<void> {
  const socket = createConnection(port, host);
  socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
  const block = Buffer.alloc(64 * 1024);
  const startedAt = performance.now();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  const push = () => {
    while (performance.now() - startedAt < durationMs) if (!socket.write(block)) return;
    socket.end();
    socket.off('drain', push);
  };
  socket.on('drain', push);
  socket.once('connect', push);
  await new Promise<void>((ended, failed) => {
    socket.once('close', () => ended());
    socket.once('error', failed);
  });
  process.stdout.write(JSON.stringify({ bytes: Number(answer), tookMs: performance.now() - startedAt }));
}
