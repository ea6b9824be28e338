// The socket between the agent and its switches: one request, one answer, and nothing for what is neither.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askControl, controlSocket, SWITCH_VERSION, serveControl } from './control.ts';
import type { FileProblem } from './network-files.ts';

let directory: string;
let server: Server;
let asked: string[];
let problems: FileProblem[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-control-'));
  asked = [];
  problems = [];
  server = await serveControl(directory, async (request) => {
    asked.push(request.do);
    return problems;
  });
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

it('answers requests, with what is wrong', async () => {
  expect(await askControl(directory, { do: 'reload' })).toEqual({
    version: SWITCH_VERSION,
    pid: process.pid,
    problems: [],
  });
  problems = [{ number: 3, message: '3.json is broken' }];
  expect(await askControl(directory, { do: 'tell' })).toMatchObject({ problems });
  expect(asked).toEqual(['reload', 'tell']);
  expect((await stat(controlSocket(directory))).mode & 0o777).toBe(0o600);
});

it('takes the place of one that was killed, and is nobody where none is', async () => {
  expect(await askControl(path.join(directory, 'none'), { do: 'tell' })).toBeNull();
  const fromNext = [{ number: 1, message: 'next' }];
  const next = await serveControl(directory, async () => fromNext);
  expect(await askControl(directory, { do: 'tell' })).toMatchObject({ problems: fromNext });
  next.close();
});

it.each(['{"do":"dance"}\n', '{}\n', '[]\n', 'no JSON\n', 'x'.repeat(5000)])(
  'hangs up on %j, which is no request',
  async (text) => {
    const socket = createConnection(controlSocket(directory));
    socket.on('error', () => {});
    socket.resume();
    socket.write(text);
    await once(socket, 'close');
    expect(asked).toEqual([]);
  },
);

it('rejects if the answer makes no sense', async () => {
  const other = path.join(directory, 'o');
  await mkdir(other);
  const odd = createServer((socket) => socket.end('{"version":"one"}\n')).listen(controlSocket(other));
  await once(odd, 'listening');
  await expect(askControl(other, { do: 'tell' })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  odd.close();
});
