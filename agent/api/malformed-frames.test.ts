// Frames that are no calls: the socket is closed, nothing reaches standard error, and the log has one short line.
import { once } from 'node:events';
import { RPC_PATH } from '@tt/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

let agent: TestAgent;
afterEach(() => agent.stop());

const malformed: readonly (string | Buffer)[] = [
  'hello',
  '',
  '{}',
  'null',
  '{"i":"1","p":{"u":5}}',
  '{"i":"1","p":{"u":"http://"}}',
  '{"i":"1","t":3}',
  '{"i":"1","p":{"u":"/env/show","h":{"content-type":"multipart/form-data"}}}',
  Buffer.from('{"i":"1","p":{"u":"/env/list"}}'),
  Buffer.from([123, 125, 255, 1]),
];

async function openSocket(): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${agent.token}` };
  const socket = new WebSocket(`${agent.url.replace('http', 'ws')}${RPC_PATH}`, { headers });
  await once(socket, 'open');
  return socket;
}

it('closes the socket, and writes one line without a stack however many come', async () => {
  agent = await startTestAgent();
  const stderr = vi.spyOn(console, 'error').mockReturnValue();
  try {
    for (const frame of malformed) {
      const socket = await openSocket();
      const closed = once(socket, 'close');
      socket.send(frame);
      expect([frame.toString(), (await closed)[0]]).toEqual([frame.toString(), 1007]);
    }
    expect(stderr.mock.calls).toEqual([]);
  } finally {
    stderr.mockRestore();
  }
  const lines = agent.log.filter(({ level }) => level >= 40);
  expect(lines).toEqual([
    expect.objectContaining({ level: 40, caller: 'local', leftOut: 0, msg: 'a malformed RPC frame; socket closed' }),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/stack|node_modules/);
  expect(await agent.client.env.list()).toEqual({ envs: [] });
});
