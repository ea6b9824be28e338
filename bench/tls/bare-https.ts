// The peer: node:https alone, which makes the same JSON anew for each request. A process of its own, as the agent is one. Started
// with the files of the answer, of the port it tells, of its certificate and its key.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const [answerFile = '', portFile = '', certificateFile = '', keyFile = ''] = process.argv.slice(2);
const answer: unknown = JSON.parse(readFileSync(answerFile, 'utf8'));
const identity = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
const server = createServer(identity, (request, response) => {
  // Whatever is sent is read, as a login has a body.
  request.resume();
  const body = JSON.stringify(answer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));
