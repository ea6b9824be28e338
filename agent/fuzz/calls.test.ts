// What anybody may send to the agent's port: raw HTTP, frames of both WebSockets, and the calls of the contract with any input; and a
// capsule whose manifest says anything. Nothing but a coded refusal comes back, nothing is logged as a fault of the program (the
// harness looks when it stops the agent), and somebody else is served meanwhile.
// @module-tag deep
import { once } from 'node:events';
import { connect } from 'node:net';
import { contract, isErrorCode, RPC_PATH, STREAM_PATH } from '@tt/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { checkedManifest, CapsuleError } from '../capsules/manifest-check.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { fuzz, mutated, mutatedJson } from './fuzz.ts';

/** A peer that said nothing in so long says nothing. */
const SILENCE_MS = 150;

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ config: { callsInFlight: 2000 } as never });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
});
afterAll(() => agent.stop());

const stillServes = async () => expect(await agent.client.host.ping()).toBeTruthy();

/** Everything that comes back for `bytes` until the agent closes, or is silent. */
function answerTo(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port: Number(new URL(agent.url).port), host: '127.0.0.1' });
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

it('raw HTTP', async () => {
  const body = JSON.stringify({ name: 'demo', title: 'x' });
  const { host } = new URL(agent.url);
  const head = ['PATCH /api/envs/demo HTTP/1.1', `host: ${host}`, `authorization: Bearer ${agent.token}`];
  const rest = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
  const sample = Buffer.from(`${[...head, ...rest].join('\r\n')}\r\n\r\n${body}`);
  const words = ['%00', '%2e%2e/', '\r\n\r\n', 'transfer-encoding: chunked\r\n', 'GET ', 'upgrade: websocket\r\n', '\0', '{"a":'];
  await fuzz(mutated(sample, words), async (bytes) => {
    const text = await answerTo(bytes);
    for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) expect(Number(status)).not.toBe(500);
    expect(text).not.toContain('"INTERNAL"');
    await stillServes();
  });
});

it.each([
  [RPC_PATH, JSON.stringify({ i: '1', p: { u: '/env/show', b: { json: { name: 'demo' } } } })],
  [STREAM_PATH, JSON.stringify({ ticket: 'x'.repeat(43) })],
])('frames of %s', async (path, sample) => {
  const words = ['{"i":"1","t":3}', 'null', '[]', '"b":', '\u0000', '/env/list', '{"json":{}}'];
  const frames = fc.array(fc.tuple(mutated(Buffer.from(sample), words), fc.boolean()), { minLength: 1, maxLength: 5 });
  await fuzz(frames, async (sent) => {
    const headers = { authorization: `Bearer ${agent.token}` };
    const socket = new WebSocket(agent.url.replace('http', 'ws') + path, { headers });
    socket.on('error', () => {});
    const texts: string[] = [];
    socket.on('message', (data: Buffer) => texts.push(data.toString('latin1')));
    await once(socket, 'open');
    for (const [bytes, isText] of sent) socket.send(isText ? bytes.toString() : bytes);
    await stillServes();
    socket.terminate();
    expect(texts.filter((text) => text.includes('"INTERNAL"'))).toEqual([]);
  });
});

/** These last as long as the client stays, or take away what the others are tried on. */
const LEFT_OUT = new Set(['event.follow', 'session.end', 'session.create']);
const calls = Object.entries(contract).flatMap(([group, members]) =>
  Object.keys(members)
    .filter((name) => !LEFT_OUT.has(`${group}.${name}`))
    .map((name) => [group, name] as const),
);
type AnyClient = Record<string, Record<string, (input: unknown) => Promise<unknown>>>;

it('every call, with any input', async () => {
  const client = agent.client as unknown as AnyClient;
  const sample = { name: 'demo', envName: 'demo', vmId: 'x', groups: [{ osPrefix: 'tiny' }], title: 'x', sizeMiB: 1, ports: [] };
  const input = fc.oneof(fc.jsonValue(), mutatedJson(sample));
  await fuzz(fc.tuple(fc.constantFrom(...calls), input), async ([[group, name], value]) => {
    try {
      await client[group]?.[name]?.(value);
    } catch (error) {
      const { code } = error as { code?: unknown };
      expect(typeof code === 'string' && isErrorCode(code) && code !== 'INTERNAL').toBe(true);
    }
  });
});

it('the manifest of a capsule', async () => {
  const { transferId } = await agent.client.capsule.export({ envName: 'demo' });
  const { manifest } = await agent.client.capsule.inspect({ transferId });
  expect(checkedManifest(JSON.stringify(manifest)).vms).toHaveLength(1);
  const text = mutated(Buffer.from(JSON.stringify(manifest)), ['"', '{', '1e999', '__proto__', '../']).map(String);
  const json = mutatedJson(manifest).map((value) => JSON.stringify(value) ?? '');
  await fuzz(fc.oneof(text, json), (source) => {
    try {
      checkedManifest(source);
    } catch (error) {
      expect(error).toBeInstanceOf(CapsuleError);
    }
  });
});
