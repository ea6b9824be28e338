// Files of this computer sent by main to a real agent: whole, from where an earlier one has stopped, stopped by their window, and never
// as a whole that was put together of two states of the file.
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import { transferSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { FileOnDisk } from './file-on-disk.ts';
import { sendFile, type SendingNews } from './send-file.ts';

const MIB = 1024 * 1024;
const bytes = randomBytes(5 * MIB + 17);
const sha256 = createHash('sha256').update(bytes).digest('hex');

let agent: TestAgent;
let folder: string;
let file: string;
beforeAll(async () => {
  agent = await startTestAgent();
});
afterAll(() => agent.stop());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-send-'));
  file = path.join(folder, 'disk.raw');
  await writeFile(file, bytes);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function begin(sizeBytes = bytes.length): Promise<string> {
  return (await agent.client.transfer.begin({ fileName: 'disk.raw', sizeBytes })).id;
}

const stateOf = (transferId: string) => agent.client.transfer.status({ transferId });

/** `onSent`: for each time the window is told how much has left. */
async function send(
  transferId: string,
  offset = 0,
  onSent: (stop: () => void) => void = () => {},
  link: Pick<NodeConnection, 'putBytes'> = agent.connection,
): Promise<SendingNews[]> {
  const { ticket } = await agent.client.transfer.open({ transferId });
  const news: SendingNews[] = [];
  let closed = () => {};
  const port = {
    on: (_event: 'close', listener: () => void) => (closed = listener),
    start: vi.fn(),
    postMessage(message: unknown) {
      news.push(message as SendingNews);
      if ((message as SendingNews).type === 'sent') onSent(closed);
    },
    close: vi.fn(),
  };
  const opened = await FileOnDisk.open(file);
  await sendFile(port, opened, { transferId, ticket, offset }, link);
  expect([port.start.mock.calls.length, port.close.mock.calls.length]).toEqual([1, 1]);
  // Nothing holds it open.
  await expect(opened.read(0, 1)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  return news;
}

it('sends a file and says how much of it has left', async () => {
  const transferId = await begin();
  const news = await send(transferId);
  const last = news.pop();
  expect(last?.type === 'answer' && transferSchema.parse(last.answer)).toMatchObject({ state: 'whole', sha256 });
  const counts = news.map((one) => (one.type === 'sent' ? one.byteCount : -1));
  expect(counts[0]).toBe(MIB);
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
});

it('goes on where an earlier window has stopped', async () => {
  const transferId = await begin();
  await send(transferId, 0, (stop) => stop());
  await expect.poll(async () => (await stateOf(transferId)).doneBytes).toBeGreaterThan(0);
  const { doneBytes, state } = await stateOf(transferId);
  expect([state, doneBytes < bytes.length]).toEqual(['open', true]);
  expect(await send(transferId, doneBytes)).toContainEqual({
    type: 'answer',
    answer: expect.objectContaining({ state: 'whole', sha256 }),
  });
});

it('passes a refusal on, and says nothing of an agent that is gone', async () => {
  const transferId = await begin();
  const refused = await send(transferId, 5);
  expect(refused.at(-1)).toEqual({ type: 'answer', answer: expect.objectContaining({ code: 'TRANSFER_OFFSET' }) });
  const nobody = { putBytes: () => Promise.reject(new Error('no way there')) };
  expect(await send(transferId, 0, () => {}, nobody)).toEqual([{ type: 'answer', answer: null }]);
});

it.each<[string, string, () => Promise<void>]>([
  ['written anew', 'changedWhileSent', () => writeFile(file, randomBytes(bytes.length))],
  ['only touched', 'changedWhileSent', () => utimes(file, 1, 1)],
  ['longer', 'changedWhileSent', () => appendFile(file, 'x')],
  ['shorter', 'shrankWhileSent', () => truncate(file, 2 * MIB)],
])('never completes a file that is %s meanwhile', async (_how, code, change) => {
  const transferId = await begin();
  const link: Pick<NodeConnection, 'putBytes'> = {
    async putBytes(sent) {
      const pieces = (async function* () {
        let isFirst = true;
        for await (const some of sent.pieces) {
          yield some;
          if (isFirst) await change();
          isFirst = false;
        }
      })();
      return agent.connection.putBytes({ ...sent, pieces });
    },
  };
  const news = await send(transferId, 0, () => {}, link);
  expect(news.at(-1)).toMatchObject({
    type: 'failed',
    failure: { code: 'FILE_UNUSABLE', data: { file: 'disk.raw', reason: { code } } },
  });
  expect((await stateOf(transferId)).state).toBe('open');
});
