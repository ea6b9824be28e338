// The peer: a server that makes each message once and hands it to all of its plain WebSockets. A process of its own, as the
// agent is one. Started with the file that holds the messages by name, and the file it tells its port in.
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const [messageFile = '', portFile = ''] = process.argv.slice(2);
const lists = JSON.parse(readFileSync(messageFile, 'utf8')) as Record<string, unknown[]>;
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));
server.on('connection', (socket) => {
  socket.on('message', (bytes: Buffer) => {
    for (const message of lists[bytes.toString()] ?? []) {
      const text = JSON.stringify(message);
      for (const client of server.clients) client.send(text);
    }
  });
});
