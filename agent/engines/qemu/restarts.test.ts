// A guest that restarts itself is told from one that was reset, or whose state was loaded.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FakeQmpServer } from './fake-qmp-server.ts';
import { QmpClient } from './qmp-client.ts';
import { Restarts } from './restarts.ts';

it('is told to all who listen, and only then', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-restarts-'));
  const server = new FakeQmpServer();
  await server.listen(path.join(folder, 'qmp.sock'));
  const qmp = await QmpClient.connect(path.join(folder, 'qmp.sock'));
  try {
    const restarts = new Restarts(qmp);
    const told: string[] = [];
    restarts.listen(() => told.push('one'));
    const leave = restarts.listen(() => told.push('other'));
    const reset = async (guest: boolean, reason: string) => {
      server.send({ event: 'RESET', data: { guest, reason }, timestamp: { seconds: 1, microseconds: 1 } });
      // Its answer comes after the event.
      await qmp.execute('query-status', {});
    };
    await reset(false, 'host-qmp-system-reset');
    await reset(false, 'snapshot-load');
    expect(told).toEqual([]);
    await reset(true, 'guest-reset');
    leave();
    await reset(true, 'guest-reset');
    expect(told).toEqual(['one', 'other', 'one']);
  } finally {
    qmp.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
});
