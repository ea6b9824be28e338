// WebSockets from unauthorized clients, and from peers that violate the protocol.
import { once } from 'node:events';
import { RPC_PATH, STREAM_PATH } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent();
});
afterAll(() => agent.stop());

type Headers = Record<string, string>;
const withToken = (more: Headers = {}): Headers => ({ authorization: `Bearer ${agent.token}`, ...more });

function openSocket(path: string, headers: Headers): WebSocket {
  return new WebSocket(agent.url.replace('http', 'ws') + path, { headers });
}

/** `101` when it opened, else status and code of the refusal. */
async function knock(path: string, headers: Headers): Promise<string> {
  const socket = openSocket(path, headers);
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('open', () => {
      socket.terminate();
      resolve('101');
    });
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () => {
        socket.terminate();
        resolve(`${response.statusCode} ${(JSON.parse(body) as { code: string }).code}`);
      });
    });
  });
}

describe.each([RPC_PATH, STREAM_PATH])('a WebSocket to %s', (path) => {
  it('needs the token or a session', async () => {
    const joined = await fetch(`${agent.url}/api/session/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: agent.token }),
    });
    const { secret } = (await joined.json()) as { secret: string };
    const { origin } = new URL(agent.url);
    const session = { authorization: `Bearer ${secret}`, origin };
    expect(await Promise.all([knock(path, withToken()), knock(path, session)])).toEqual(['101', '101']);
    const bad = [{ authorization: 'Bearer x' }, { authorization: agent.token }, { authorization: '' }];
    expect(await Promise.all(bad.map((headers: Headers) => knock(path, headers)))).toEqual(
      bad.map(() => '401 UNAUTHORIZED'),
    );
    // Without a header the first frame must say it; a cookie, or a token in the address, says nothing.
    for (const [where, headers] of [
      [path, {}],
      [path, { cookie: `tt-session=${secret}` }],
      [`${path}?token=${agent.token}`, {}],
    ] as const) {
      const socket = openSocket(where, headers);
      await once(socket, 'open');
      socket.send(JSON.stringify({ i: '1', p: { u: '/host/ping' } }));
      expect((await once(socket, 'close'))[0]).toBe(4401);
    }
  });

  it('is refused to other origins and under other names, also with the token', async () => {
    const { port } = new URL(agent.url);
    const foreign: Headers[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${port}` },
      { host: `evil.example:${port}` },
      { host: `evil.example:${port}`, origin: `http://evil.example:${port}` },
    ];
    expect(await Promise.all(foreign.map((headers) => knock(path, withToken(headers))))).toEqual(
      foreign.map(() => '403 ORIGIN_REFUSED'),
    );
  });
});

it('a WebSocket to anywhere else is refused', async () => {
  const paths = ['/', '/api', '/api/host', '/api/rpc/', '/api/rpc/../host'];
  expect(await Promise.all(paths.map((path) => knock(path, withToken())))).toEqual(
    paths.map(() => '404 ROUTE_NOT_FOUND'),
  );
});

describe('a peer that breaks the rules', () => {
  async function closeCode(frames: (string | Uint8Array)[]): Promise<number> {
    const socket = openSocket(RPC_PATH, withToken());
    socket.on('error', () => {});
    await once(socket, 'open');
    for (const frame of frames) socket.send(frame);
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  }

  it('by a message that is too large is cut off', async () => {
    expect(await closeCode(['x'.repeat(1024 * 1024 + 1)])).toBe(1009);
  });

  it('by bytes that are no WebSocket frames is cut off', async () => {
    const socket = openSocket(RPC_PATH, withToken());
    socket.on('error', () => {});
    await once(socket, 'open');
    const { _socket: raw } = socket as unknown as { _socket: import('node:net').Socket };
    raw.write(Buffer.alloc(64, 0xff));
    await once(socket, 'close');
  });

  it('by messages that are no calls gets no answer to them but one line in the log, and good calls do', async () => {
    const say = vi.spyOn(console, 'error').mockReturnValue();
    const socket = openSocket(RPC_PATH, withToken());
    await once(socket, 'open');
    const nonsense = [
      '',
      'hello',
      '{}',
      '[]',
      'null',
      '{"i":1}',
      '{"i":"x","p":{"u":"nothing"}}',
      '{"__proto__":{"x":1}}',
      '{"i":"1","p":{"u":"http://"}}',
      '{"i":"1","t":3}',
      '{"i":"1","p":{"u":"/env/show","h":{"content-type":"multipart/form-data"}}}',
    ];
    for (const message of nonsense) socket.send(message);
    socket.send(new Uint8Array([0, 1, 2, 255]));
    socket.send(Buffer.from('{"i":"binary","p":{"u":"/host/ping"}}'));
    socket.send(JSON.stringify({ i: 'good', p: { u: '/host/ping' } }));
    const answers = new Map<string, unknown>();
    for await (const [data] of on(socket)) {
      const answer = JSON.parse(data) as { i: string; p: unknown };
      answers.set(answer.i, answer.p);
      if (answer.i === 'good') break;
    }
    expect(answers.get('good')).toMatchObject({ b: { json: { source: { hostId: expect.any(String) } } } });
    socket.terminate();
    expect([[...answers.keys()], say.mock.calls]).toEqual([['good'], []]);
    say.mockRestore();
    const lines = agent.log.filter(({ level }) => level >= 40);
    expect(lines).toEqual([
      { level: 40, time: expect.any(String), caller: 'local', leftOut: 0, msg: 'dropped a malformed RPC frame' },
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('never stops the agent', async () => {
    expect((await agent.client.host.ping()).source).toBeDefined();
  });
});

async function* on(socket: WebSocket): AsyncGenerator<[string]> {
  const waiting: string[] = [];
  let wake = () => {};
  socket.on('message', (data: Buffer) => {
    waiting.push(data.toString());
    wake();
  });
  for (;;) {
    const next = waiting.shift();
    if (next !== undefined) yield [next];
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
