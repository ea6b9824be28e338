// What a process uses, as the kernel counts it.
import { identifyProcess } from '@tt/client/node';
import { expect, it } from 'vitest';
import { parseRollup, readMemoryUse } from './memory-use.ts';

const ROLLUP = `55d0c0a00000-7ffd0b5f2000 ---p 00000000 00:00 0                          [rollup]
Rss:              204800 kB
Pss:               70000 kB
Pss_Dirty:         60000 kB
Pss_Anon:          50000 kB
Pss_Shmem:          9000 kB
Shared_Clean:     134800 kB
Swap:               3000 kB
SwapPss:            2000 kB
`;

it('is what is its own, with its part of what is shared and what is in swap', () => {
  expect(parseRollup(ROLLUP)).toEqual({
    residentBytes: 204_800 * 1024,
    proportionalBytes: 72_000 * 1024,
    proportionalShmemBytes: 9_000 * 1024,
  });
  expect(parseRollup(ROLLUP.replace(/^Pss_Shmem.*\n/m, ''))?.proportionalShmemBytes).toBe(0);
  expect(parseRollup(ROLLUP.replace(/^SwapPss.*\n/m, ''))?.proportionalBytes).toBe(70_000 * 1024);
  expect(parseRollup('')).toBeNull();
  expect(parseRollup(ROLLUP.replace(/^Pss:.*\n/m, ''))).toBeNull();
});

it('is read of a process that runs, and of no other with its number', async () => {
  const own = await identifyProcess(process.pid);
  if (!own) throw new Error('this process has ended');
  const use = await readMemoryUse(own);
  expect(use?.residentBytes).toBeGreaterThan(1024 * 1024);
  expect(use?.proportionalBytes).toBeGreaterThan(0);
  expect(await readMemoryUse({ ...own, startTicks: own.startTicks + 1 })).toBeNull();
  expect(await readMemoryUse({ pid: 2 ** 22 + 1, startTicks: 1 })).toBeNull();
});
