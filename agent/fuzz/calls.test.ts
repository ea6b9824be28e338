// What anybody may send to the agent's port: raw HTTP, frames of both WebSockets and of a transfer, and the calls of the contract with
// any input; and a capsule whose manifest says anything. Nothing but a coded refusal comes back, nothing is logged as a fault of the program (the
// harness looks when it stops the agent), and somebody else is served meanwhile.
// @module-tag deep
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { encodeFrame, FrameReader, type TransferFrame } from '@tt/client';
import { type CapsuleManifest, contract, isErrorCode, RPC_PATH, STREAM_PATH, TRANSFER_CHUNK_BYTES } from '@tt/protocol';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

const waiting = { timeout: 30_000, interval: 2 };
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
  const targets = ['/api/envs/demo', '/api/./envs/demo', '/api/x/../envs/demo', '/%61pi/envs/demo', '//api/envs/demo'];
  const bodies = [body, body.slice(1), '', '[]', 'null', '{"title":', `{"title":${'['.repeat(2000)}`, '\u0000'];
  const types = ['application/json', 'text/plain', 'application/json; charset=x', 'multipart/form-data'];
  // A whole request, of which one part is odd: behind the parser of HTTP, where few random bytes get.
  const odd = fc
    .tuple(fc.constantFrom(...targets), fc.constantFrom(...bodies), fc.constantFrom(...types), fc.nat({ max: 3 }))
    .map(([target, text, type, missing]) => {
      const lines = [`PATCH ${target} HTTP/1.1`, ...head.slice(1, missing === 0 ? 2 : 3), `content-type: ${type}`];
      const whole = `${lines.join('\r\n')}\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`;
      return Buffer.from(whole);
    });
  await fuzz(fc.oneof(mutated(sample, words), odd), async (bytes) => {
    const text = await answerTo(agent.url, bytes);
    const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
    expect(statuses).not.toContain(500);
    expect(text).not.toContain('"INTERNAL"');
    // Only who shows the token is served, and by one spelling of the address.
    const [request = ''] = bytes.toString('latin1').trimStart().split('\r\n');
    const isWhole = bytes.includes(agent.token) && !/\/\/|\/\.|%[46]/.test(request);
    if (!isWhole) expect(statuses.filter((status) => status < 400)).toEqual([]);
    await stillServes();
  });
});

it.each([
  [RPC_PATH, JSON.stringify({ i: '1', p: { u: '/env/show', b: { json: { name: 'demo' } } } })],
  [STREAM_PATH, JSON.stringify({ ticket: 'x'.repeat(43) })],
])('frames of %s', fuzzing, async (path, sample) => {
  const words = ['{"i":"1","t":3}', 'null', '[]', '"b":', '\u0000', '/env/list', '{"json":{}}'];
  const bytes = mutated(Buffer.from(sample), words);
  // What JSON lets pass, and what reads the frame has to refuse.
  const json = mutatedJson(JSON.parse(sample)).map((value) => Buffer.from(JSON.stringify(value) ?? ''));
  const frame = fc.tuple(fc.oneof(bytes, json), fc.boolean());
  await fuzz(fc.array(frame, { minLength: 1, maxLength: 5 }), async (sent) => {
    const headers = { authorization: `Bearer ${agent.token}` };
    const socket = new WebSocket(agent.url.replace('http', 'ws') + path, { headers });
    socket.on('error', () => {});
    const texts: string[] = [];
    socket.on('message', (data: Buffer) => texts.push(data.toString('latin1')));
    await once(socket, 'open');
    for (const [bytes, isText] of sent) socket.send(isText ? bytes.toString() : bytes);
    if (path === RPC_PATH) {
      // Answered behind all of them: whatever they were, the socket still serves.
      socket.send(JSON.stringify({ i: 'last', p: { u: '/host/ping', b: { json: {} } } }));
      await expect.poll(() => texts.some((text) => text.includes('"i":"last"')), waiting).toBe(true);
    }
    await stillServes();
    socket.terminate();
    expect(texts.filter((text) => text.includes('"INTERNAL"'))).toEqual([]);
    if (path === STREAM_PATH) expect(texts).toEqual([]);
  });
});

/** How an upload of `size` bytes answers to frames that arrive at once, told by their description alone: the kind of each answer. */
function answersTo(bytes: Uint8Array, size: number): { answers: string[]; doneBytes: number } {
  const frames = framesIn(Buffer.from(bytes));
  const answers = ['progress'];
  let content = Buffer.alloc(0);
  // One that can't be read makes all that came with it useless.
  if (frames === null) return { answers: [...answers, 'failed'], doneBytes: 0 };
  let isOpen = true;
  for (const { kind, payload } of together(frames)) {
    const refused = { answers: [...answers, 'failed'], doneBytes: content.length };
    if (!isOpen) return refused;
    if (kind === 0) {
      if (content.length + payload.length > size) return refused;
      content = Buffer.concat([content, payload]);
      answers.push('progress');
      continue;
    }
    const end = kind === 2 ? endIn(payload) : null;
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (!end || content.length !== size || (end.sha256 !== null && end.sha256 !== sha256)) return refused;
    answers.push('end');
    isOpen = false;
  }
  return { answers, doneBytes: content.length };
}

/** Data that came at once is written and answered at once, and refused at once. */
function together(frames: readonly Framed[]): Framed[] {
  const all: Framed[] = [];
  for (const frame of frames) {
    const last = all.at(-1);
    if (frame.kind === 0 && last?.kind === 0) last.payload = Buffer.concat([last.payload, frame.payload]);
    else all.push({ ...frame });
  }
  return all;
}

interface Framed {
  kind: number;
  payload: Buffer;
}

/** The whole frames; null if one is none. */
function framesIn(bytes: Buffer): Framed[] | null {
  const frames: Framed[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const [kind, length] = [bytes.readUInt8(at), bytes.readUInt32BE(at + 1)];
    if (length > TRANSFER_CHUNK_BYTES) return null;
    const payload = bytes.subarray(at + 5, at + 5 + length);
    if (payload.length < length) break;
    if (!isFrame(bytes.subarray(at, at + 5 + length))) return null;
    frames.push({ kind, payload });
    at += 5 + length;
  }
  return frames;
}

function isFrame(bytes: Uint8Array): boolean {
  try {
    return new FrameReader().push(bytes).length === 1;
  } catch {
    return false;
  }
}

/** Null where the schema of frames refuses it. */
function endIn(payload: Buffer): { sha256: string | null } | null {
  const head = Buffer.from([2, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 1);
  try {
    const [frame] = new FrameReader().push(Buffer.concat([head, payload]));
    return frame?.kind === 'end' ? frame : null;
  } catch {
    return null;
  }
}

it('frames of an upload', fuzzing, async () => {
  const sha256 = createHash('sha256').update('abcabc').digest('hex');
  const data = (text: string): TransferFrame => ({ kind: 'data', bytes: Buffer.from(text) });
  const end = (sum: string | null): TransferFrame => ({ kind: 'end', sha256: sum, transfer: null });
  const known = [data('abc'), data(''), data('abcabc'), data('abcabcx'), end(null), end(sha256), end('0'), end('')];
  const others: TransferFrame[] = [
    { kind: 'progress', doneBytes: 3 },
    { kind: 'size', sizeBytes: 6 },
  ];
  const frames = fc
    .array(fc.constantFrom(...known, ...known, ...others), { minLength: 1, maxLength: 5 })
    .map((list) => Buffer.concat(list.map(encodeFrame)));
  const sample = Buffer.concat([data('abc'), data('abc'), end(null)].map(encodeFrame));
  const changed = mutated(sample, ['{"doneBytes":1}', '\0\0\0\0\0']);
  await fuzz(fc.oneof(frames, changed), async (bytes) => {
    const { id: transferId } = await agent.client.transfer.begin({ fileName: 'x.qcow2', sizeBytes: 6 });
    const { ticket } = await agent.client.transfer.open({ transferId });
    const headers = { authorization: `Bearer ${agent.token}` };
    const socket = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH, { headers });
    const reader = new FrameReader();
    const answers: string[] = [];
    socket.on('message', (piece: Buffer, isBinary: boolean) => {
      if (isBinary) answers.push(...reader.push(piece).map(({ kind }) => kind));
    });
    const closed = once(socket, 'close');
    await once(socket, 'open');
    socket.send(JSON.stringify({ ticket }));
    await once(socket, 'message');
    socket.send(bytes);
    const expected = answersTo(bytes, 6);
    await expect.poll(() => answers.slice(0, expected.answers.length), waiting).toEqual(expected.answers);
    const { transfers } = await agent.client.transfer.list();
    const there = transfers.find(({ id }) => id === transferId);
    if (there) expect(there.doneBytes).toBe(expected.doneBytes);
    socket.terminate();
    await closed;
    // Its stream may still be ending.
    const isDropped = async () => {
      await agent.client.transfer.drop({ transferId }).catch(gone);
      return true;
    };
    await expect.poll(isDropped, waiting).toBe(true);
  });
  // A stranger's bytes are no failure of the agent, and write no stacks into its log.
  expect(agent.log.filter(({ msg }) => msg.includes('stream failed'))).toEqual([]);
});

/** A wrong sum has removed it. */
function gone(error: unknown): void {
  expect(error).toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
}

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
  await agent.client.env.create({ name: 'pair', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const { vmIds } = (await agent.client.env.show({ name: 'pair' })).env;
  await agent.client.disk.add({ vmId: vmIds[0] ?? '', sizeMiB: 8 });
  const { manifest } = await agent.client.capsule.export({ envName: 'pair' });
  expect(checkedManifest(JSON.stringify(manifest)).vms).toHaveLength(2);
  const text = mutated(Buffer.from(JSON.stringify(manifest)), ['"', '{', '1e999', '__proto__', '../']).map(String);
  // Each differs from a good one in one relation, which its schema does not see.
  const first = manifest.vms[0] as CapsuleManifest['vms'][number];
  const { members, env } = manifest;
  const odd = fc.constantFrom(
    { ...manifest, vms: manifest.vms.map((vm) => ({ ...vm, name: first.name })) },
    { ...manifest, members: [...members, ...members.slice(0, 1)] },
    { ...manifest, members: members.slice(1) },
    { ...manifest, env: { ...env, networks: [] } },
    { ...manifest, env: { ...env, networks: [...env.networks, ...env.networks] } },
    { ...manifest, vms: [{ ...first, disks: first.disks.map((disk) => ({ ...disk, sizeMiB: disk.sizeMiB + 1 })) }] },
    { ...manifest, vms: [{ ...first, nics: [] }] },
  );
  const json = fc
    .oneof(fc.constant(manifest), odd)
    .chain((sample) => fc.oneof(fc.constant(sample), mutatedJson(sample)))
    .map((value) => JSON.stringify(value) ?? '');
  await fuzz(fc.oneof(text, json), (source) => {
    let accepted: CapsuleManifest | null = null;
    try {
      accepted = checkedManifest(source);
    } catch (error) {
      expect(error).toBeInstanceOf(CapsuleError);
    }
    if (accepted) isConsistent(accepted);
  });
});

/** What operations take for granted of a manifest that was accepted. */
function isConsistent({ vms, members, env }: CapsuleManifest): void {
  const paths = members.map(({ path }) => path);
  const names = vms.map(({ name }) => name);
  const kinds = env.networks.map(({ kind }) => kind);
  for (const list of [paths, names, kinds]) expect(list).toEqual([...new Set(list)]);
  for (const { disks, spec, nics, ram, screen, boot } of vms) {
    const wanted = [...disks.map(({ file }) => file), ram, screen, boot?.kernel ?? null, boot?.initrd ?? null];
    for (const path of wanted) if (path !== null) expect(paths).toContain(path);
    const sizes = (list: readonly { name: string; sizeMiB: number }[]) =>
      list.flatMap(({ name, sizeMiB }) => (name === 'nvram' ? [] : [`${name} ${sizeMiB}`])).sort();
    expect(sizes(disks)).toEqual(sizes(spec.disks));
    expect(spec.disks[0]?.name).toBe('disk0');
    expect(nics).toHaveLength(spec.nics.length);
    for (const { kind } of nics) expect(kinds).toContain(kind);
  }
}
