// The first start on a file system that is full: a coded error, nothing that keeps a later start from working.
// @module-tag real
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestAgent } from '../testing/in-process-agent.ts';
import { canMount, mountSmallDisk, whyNoMount } from '../testing/small-disk.ts';

describe.skipIf(!canMount)(`a full disk${whyNoMount}`, () => {
  it('is said at the first start, which works as soon as there is space', async () => {
    const disk = await mountSmallDisk(64);
    try {
      const home = path.join(disk.folder, 'home');
      await mkdir(home, { mode: 0o700 });
      disk.fill();
      await expect(startTestAgent({ home })).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:DISK_FULL|STATE_NO_SPACE|STATE_UNUSABLE|FILE_UNUSABLE)$/),
      });
      disk.empty();
      const agent = await startTestAgent({ home });
      expect(await agent.client.env.list()).toMatchObject({ envs: [] });
      await agent.stop({ keep: true });
    } finally {
      await disk.unmount();
    }
  });
});
