// Whether a wish fits: to the last MiB, and with the numbers in the refusal.
import { describe, expect, it } from 'vitest';
import { admit, promisedTo } from './admission.ts';

const total = { memoryMiB: 1000, diskMiB: 5000 };
const used = { memoryMiB: 600, diskMiB: 4000 };

describe('admission', () => {
  it('lets in what fits exactly, and nothing that wants nothing is refused', () => {
    admit(total, used, { memoryMiB: 400, diskMiB: 1000 });
    admit(total, { memoryMiB: 2000, diskMiB: 9000 }, { memoryMiB: 0, diskMiB: 0 });
    admit(total, { memoryMiB: 2000, diskMiB: 0 }, { memoryMiB: 0, diskMiB: 5000 });
  });

  it('refuses one MiB too much, with total, used and wanted', () => {
    expect(() => admit(total, used, { memoryMiB: 401, diskMiB: 0 })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_EXHAUSTED',
        message: 'Not enough memory: total 1000 MiB, used 600 MiB, wanted 401 MiB.',
      }),
    );
    expect(() => admit(total, used, { memoryMiB: 400, diskMiB: 1001 })).toThrow(
      expect.objectContaining({ code: 'DISK_EXHAUSTED', data: { totalMiB: 5000, usedMiB: 4000, wantedMiB: 1001 } }),
    );
  });

  it('counts memory of VMs that may run, and the disk of every VM', () => {
    const resources = { memoryMiB: 1, diskMiB: 1 };
    const states = ['creating', 'running', 'paused', 'unknown', 'deleting', 'stopped', 'failed'];
    expect(promisedTo(states.map((state) => ({ state, resources })))).toEqual({ memoryMiB: 5, diskMiB: 7 });
  });
});
