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
let vmId: string;
/** Of a session that was good and has ended. */
let endedSecret: string;
beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  vmId = (await agent.client.env.show({ name: 'demo' })).env.vmIds[0] ?? '';
  const { code } = await proxy.client.session.invite();
  ({ secret: endedSecret } = await proxy.client.session.join({ code }));
  await proxy.client.session.end({ which: 'all' });
});
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
});

/** A request behind the first frame, which must not be answered. */
const CALL = JSON.stringify({ i: '1', p: { u: '/env/list', b: { json: {} } } });

/** What the server said to these frames until it closed the connection, or its first words. */
async function saidTo(path: string, frames: readonly (string | Uint8Array)[]): Promise<string | null> {
  const socket = new WebSocket(proxy.url.replace('http', 'ws') + path);
  socket.on('error', () => {});
  const closed = once(socket, 'close').then(() => null);
  const spoken = Promise.withResolvers<string>();
  socket.on('message', (data: Buffer) => spoken.resolve(data.toString('latin1')));
  await once(socket, 'open');
  for (const frame of frames) socket.send(frame);
  const said = await Promise.race([closed, spoken.promise]);
  socket.terminate();
  return said;
}

/** Values that were once good, are good elsewhere, or come near a good one: what only a look at the secret itself refuses. */
function almost(secret: string): fc.Arbitrary<string> {
  const wrong = fc.constantFrom(
    secret.slice(1),
    secret.slice(0, -1),
    `${secret} `,
    ` ${secret}`,
    secret.toUpperCase(),
    secret.toLowerCase(),
    `${secret}\u0000`,
    `Bearer ${secret}`,
  );
  const one = fc.nat({ max: secret.length - 1 }).map((at) => `${secret.slice(0, at)}!${secret.slice(at + 1)}`);
  return fc.oneof(wrong, one).filter((text) => text !== secret);
}

/** Sessions and tokens that are not good here, most in the shape of good ones. */
function badSessions(): fc.Arbitrary<string> {
  const elsewhere = fc.constantFrom(agent.token, endedSecret, 'local', 'null', 'x'.repeat(43));
  return fc.oneof(elsewhere, almost(proxy.token), almost(endedSecret), fc.string({ minLength: 1, maxLength: 256 }));
}

const words = ['{"session":', 'null', '[]', '\u0000', '{"i":"1"}', ' '.repeat(5000)];
const inBytes = (sample: unknown) =>
  fc
    .tuple(mutated(Buffer.from(JSON.stringify(sample)), words), fc.boolean())
    .map(([bytes, isText]) => (isText ? bytes.toString() : bytes));

it('first frames of calls', fuzzing, async () => {
  const hello = badSessions().map((session) => JSON.stringify({ session }));
  const odd = fc
    .record({ session: fc.oneof(fc.constant(proxy.token), badSessions()), more: fc.jsonValue({ maxDepth: 1 }) })
    .map((frame) => JSON.stringify(frame));
  await fuzz(fc.oneof(hello, odd, inBytes({ session: 'x'.repeat(43) })), async (frame) => {
    expect(await saidTo(RPC_PATH, [frame, CALL])).toBeNull();
  });
  expect(await proxy.client.host.ping()).toBeTruthy();
  expect(proxy.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

it('first frames of streams', fuzzing, async () => {
  const frame = fc.oneof(
    // A good ticket from one who shows nothing, or nothing that is good.
    fc
      .record({ session: badSessions() }, { requiredKeys: [] })
      .map((rest) => ({ fill: (ticket: string) => ({ ticket, ...rest }) })),
    // One who may ask, with a ticket that is not good: any other, or one that comes near.
    fc.oneof(fc.string({ minLength: 1, maxLength: 60 }), almost('x'.repeat(43))).map((text) => ({
      fill: () => ({ ticket: text, session: proxy.token }),
    })),
  );
  const sent = fc.oneof(frame, inBytes({ ticket: 'x'.repeat(43), session: 'x'.repeat(43) }));
  await fuzz(sent, async (value) => {
    const isFrame = typeof value === 'object' && 'fill' in value;
    const { ticket } = isFrame ? await proxy.client.console.open({ vmId, kind: 'vnc' }) : { ticket: '' };
    const first = isFrame ? JSON.stringify(value.fill(ticket)) : value;
    expect(await saidTo(STREAM_PATH, [first, 'RFB 003.008\n'])).toBeNull();
    // Whoever showed it, it is used up.
    if (!isFrame || !first.includes(ticket)) return;
    expect(await saidTo(STREAM_PATH, [JSON.stringify({ ticket, session: proxy.token })])).toBeNull();
  });
  const { ticket } = await proxy.client.console.open({ vmId, kind: 'vnc' });
  expect(await saidTo(STREAM_PATH, [JSON.stringify({ ticket, session: proxy.token })])).toContain('"ready":true');
  expect(proxy.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

it('raw HTTP', fuzzing, async () => {
  const body = JSON.stringify({ name: 'demo', title: 'x' });
  const { host } = new URL(proxy.url);
  const head = (line: string, more: readonly string[] = []) =>
    Buffer.from(`${[line, `host: ${host}`, ...more, 'connection: close'].join('\r\n')}\r\n\r\n`);
  const post = Buffer.concat([
    head('POST /api/envs HTTP/1.1', ['content-type: application/json', `content-length: ${body.length}`]),
    Buffer.from(body),
  ]);
  const closed = ['GET /api/envs', 'GET /api/openapi.json', 'DELETE /api/envs/demo', 'GET /api/session'];
  const spelled = fc
    .tuple(
      fc.constantFrom(...closed),
      fc.constantFrom('', '/', '?x', '#x', '/.', '%20', '/../envs'),
      fc.constantFrom('api', '%61pi', 'ap%69', './api', 'x/../api', '/api', 'api/session/join/../..'),
      badSessions(),
    )
    .map(([line, end, api, secret]) =>
      head(`${line.replace('api', api)}${end} HTTP/1.1`, [`authorization: Bearer ${secret.replaceAll(/[^!-~]/g, '')}`]),
    );
  const changed = mutated(post, [
    '%61',
    '/../',
    '\r\n\r\n',
    'GET /api/envs',
    'transfer-encoding: chunked\r\n',
    'HTTP/1.0',
  ]);
  await fuzz(fc.oneof(changed, spelled), async (bytes) => {
    const text = await answerTo(proxy.url, bytes);
    // No page, no picture of the host, nothing made: whoever shows nothing is refused.
    for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
      expect(Number(status)).toBeGreaterThanOrEqual(400);
      expect(Number(status)).not.toBe(500);
    }
    expect(text).not.toContain('"INTERNAL"');
  });
  expect(await proxy.client.host.ping()).toBeTruthy();
});
