// The peer: a server that makes each message once and hands it to all of its plain WebSockets. A process of its own, as the
// agent is one. Started with the file that holds the messages; a line `whole` or `one` on its input sends that one.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';

const messages = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Record<string, unknown>;
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
server.on('connection', (socket) => {
  // A client that asks on its own socket sets off the message to all: the way there is the same as a call to the agent.
  socket.on('message', (name) => {
    const text = JSON.stringify(messages[String(name)]);
    for (const client of server.clients) client.send(text);
  });
});
createInterface({ input: process.stdin }).on('close', () => process.exit(0));
