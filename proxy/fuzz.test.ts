// What anybody may send to the proxy's port: raw HTTP, and the first frames of both WebSockets from one who has shown nothing. Nobody
// is let in, nothing is answered with a fault of the program, and others are served meanwhile.
// @module-tag deep
import { once } from 'node:events';
import { RPC_PATH, STREAM_PATH } from '@tt/protocol';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { answerTo, fuzz, fuzzing, mutated } from '../agent/testing/fuzz.ts';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;
beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
});
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
});

/** A request behind the first frame, which must not be answered. */
const CALL = JSON.stringify({ i: '1', p: { u: '/env/list', b: { json: {} } } });

it.each([
  [RPC_PATH, JSON.stringify({ session: 'x'.repeat(43) })],
  [STREAM_PATH, JSON.stringify({ ticket: 'x'.repeat(43), session: 'x'.repeat(43) })],
])('first frames of %s', fuzzing, async (path, sample) => {
  const words = ['{"session":', 'null', '[]', '\u0000', '{"i":"1"}', ' '.repeat(5000)];
  await fuzz(fc.tuple(mutated(Buffer.from(sample), words), fc.boolean()), async ([bytes, isText]) => {
    const socket = new WebSocket(proxy.url.replace('http', 'ws') + path);
    socket.on('error', () => {});
    const said: string[] = [];
    socket.on('message', (data: Buffer) => said.push(data.toString('latin1')));
    const closed = once(socket, 'close');
    await once(socket, 'open');
    socket.send(isText ? bytes.toString() : bytes);
    socket.send(CALL);
    await closed;
    expect(said).toEqual([]);
  });
  expect(await proxy.client.host.ping()).toBeTruthy();
  expect(proxy.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

it('raw HTTP', fuzzing, async () => {
  const body = JSON.stringify({ name: 'demo', title: 'x' });
  const head = ['POST /api/envs HTTP/1.1', `host: ${new URL(proxy.url).host}`, 'content-type: application/json'];
  const sample = Buffer.from(
    `${[...head, `content-length: ${body.length}`, 'connection: close'].join('\r\n')}\r\n\r\n${body}`,
  );
  await fuzz(
    mutated(sample, ['%61', '/../', '\r\n\r\n', 'GET /metrics', 'transfer-encoding: chunked\r\n', 'HTTP/1.0']),
    async (bytes) => {
      const text = await answerTo(proxy.url, bytes);
      for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
        expect([500, 201, 204]).not.toContain(Number(status));
      expect(text).not.toContain('"INTERNAL"');
    },
  );
  expect(await proxy.client.host.ping()).toBeTruthy();
});
