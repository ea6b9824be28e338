// What anybody may send to the agent's port: raw HTTP, frames of both WebSockets and of a transfer, and the calls of the contract with
// any input; and a capsule whose manifest says anything. Nothing but a coded refusal comes back, nothing is logged as a fault of the program (the
// harness looks when it stops the agent), and somebody else is served meanwhile.
// @module-tag deep
import { once } from 'node:events';
import { encodeFrame } from '@tt/client';
import { contract, isErrorCode, RPC_PATH, STREAM_PATH } from '@tt/protocol';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { checkedManifest, CapsuleError } from '../capsules/manifest-check.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { answerTo, fuzz, fuzzing, mutated, mutatedJson } from '../testing/fuzz.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ config: { callsInFlight: 2000 } as never });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
});
afterAll(() => agent.stop());

const stillServes = async () => expect(await agent.client.host.ping()).toBeTruthy();

it('raw HTTP', fuzzing, async () => {
  const body = JSON.stringify({ name: 'demo', title: 'x' });
  const { host } = new URL(agent.url);
  const head = ['PATCH /api/envs/demo HTTP/1.1', `host: ${host}`, `authorization: Bearer ${agent.token}`];
  const rest = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
  const sample = Buffer.from(`${[...head, ...rest].join('\r\n')}\r\n\r\n${body}`);
  const words = [
    '%00',
    '%2e%2e/',
    '\r\n\r\n',
    'transfer-encoding: chunked\r\n',
    'GET ',
    'upgrade: websocket\r\n',
    '\0',
    '{"a":',
  ];
  await fuzz(mutated(sample, words), async (bytes) => {
    const text = await answerTo(agent.url, bytes);
    for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) expect(Number(status)).not.toBe(500);
    expect(text).not.toContain('"INTERNAL"');
    await stillServes();
  });
});

it.each([
  [RPC_PATH, JSON.stringify({ i: '1', p: { u: '/env/show', b: { json: { name: 'demo' } } } })],
  [STREAM_PATH, JSON.stringify({ ticket: 'x'.repeat(43) })],
])('frames of %s', fuzzing, async (path, sample) => {
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

it('frames of an upload', fuzzing, async () => {
  const [data, end] = [
    encodeFrame({ kind: 'data', bytes: Buffer.from('abc') }),
    encodeFrame({ kind: 'end', sha256: null, transfer: null }),
  ];
  const sample = Buffer.concat([data, encodeFrame({ kind: 'progress', doneBytes: 3 }), data, end]);
  await fuzz(mutated(sample, ['{"doneBytes":1}', '\0\0\0\0\0']), async (bytes) => {
    const { id: transferId } = await agent.client.transfer.begin({ fileName: 'x.qcow2', sizeBytes: 6 });
    const { ticket } = await agent.client.transfer.open({ transferId });
    const headers = { authorization: `Bearer ${agent.token}` };
    const socket = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH, { headers });
    const closed = once(socket, 'close');
    await once(socket, 'open');
    socket.send(JSON.stringify({ ticket }));
    await once(socket, 'message');
    socket.send(bytes);
    const status = await agent.client.transfer.status({ transferId });
    expect(status.doneBytes).toBeLessThanOrEqual(6);
    socket.terminate();
    await closed;
    await vi.waitFor(() => agent.client.transfer.drop({ transferId }), { timeout: 10_000, interval: 5 });
  });
  // A stranger's bytes are no failure of the agent, and write no stacks into its log.
  expect(agent.log.filter(({ msg }) => msg.includes('stream failed'))).toEqual([]);
});

/** These last as long as the client stays, or take away what the others are tried on. */
const LEFT_OUT = new Set(['event.follow', 'session.end', 'session.create']);
const calls = Object.entries(contract).flatMap(([group, members]) =>
  Object.keys(members)
    .filter((name) => !LEFT_OUT.has(`${group}.${name}`))
    .map((name) => [group, name] as const),
);
type AnyClient = Record<string, Record<string, (input: unknown) => Promise<unknown>>>;

it('every call, with any input', fuzzing, async () => {
  const client = agent.client as unknown as AnyClient;
  const sample = {
    name: 'demo',
    envName: 'demo',
    vmId: 'x',
    groups: [{ osPrefix: 'tiny' }],
    title: 'x',
    sizeMiB: 1,
    ports: [],
  };
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

it('the manifest of a capsule', fuzzing, async () => {
  const { manifest } = await agent.client.capsule.export({ envName: 'demo' });
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
