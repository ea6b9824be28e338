// Which uid a VM gets, with account files of every kind.
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocateVmUid, confinementFor, DEFAULT_RANGE, uidRangeOf, type VmUidOptions } from './vm-users.ts';

let folder: string;
let options: VmUidOptions;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-users-'));
  options = { accountsDirectory: folder, uidMapFile: path.join(folder, 'uid_map'), firstUid: 5000, count: 10 };
  await write('uid_map', '         0          0 4294967295\n');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(path.join(folder, name), text);

it('gives the lowest uid that no VM, account, group or subordinate range holds', async () => {
  expect(await allocateVmUid(new Set(), options)).toBe(5000);
  await write('passwd', 'root:x:0:0:root:/root:/bin/sh\nada:x:5001:5001::/home/ada:/bin/sh\n+::::::\n\n');
  await write('group', 'staff:x:5002:ada\n');
  await write('subuid', 'ada:5004:3\n');
  await write('subgid', 'ada:5008:1\n');
  const taken = new Set<number>();
  for (const expected of [5000, 5003, 5007, 5009]) {
    const uid = await allocateVmUid(taken, options);
    expect(uid).toBe(expected);
    taken.add(uid);
  }
  await expect(allocateVmUid(taken, options)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('5000 to 5009: all are in use'),
  });
  // One that was given back.
  taken.delete(5003);
  expect(await allocateVmUid(taken, options)).toBe(5003);
});

it('gives none that a container does not have', async () => {
  await write('uid_map', '0 100000 1000\n1000 1000 1\n5005 300000 65536\n');
  expect(await allocateVmUid(new Set(), options)).toBe(5005);
  await write('uid_map', '0 100000 1000\n');
  await expect(allocateVmUid(new Set(), options)).rejects.toThrow('user namespace');
});

it('finds one on this host, out of the way of all else', async () => {
  const uid = await allocateVmUid(new Set(), uidRangeOf('ffff'));
  expect(uid).toBeGreaterThan(1_879_048_191);
  expect(uid).toBeLessThan(2_147_352_576);
});

it('never gives two agents the same', () => {
  const ranges = ['0000', '0001', '00ff', 'ffff'].map(uidRangeOf);
  expect(ranges[0]?.firstUid).toBe(DEFAULT_RANGE.firstUid);
  for (const [index, { firstUid, count }] of ranges.entries()) {
    expect(ranges[index + 1]?.firstUid ?? 2 ** 31).toBeGreaterThanOrEqual(firstUid + count);
  }
  expect(() => uidRangeOf('12345')).toThrow('tag');
});

const isRoot = process.geteuid?.() === 0;
it.skipIf(!isRoot)(
  `takes the device's group only where nothing else opens it${isRoot ? '' : ' (skipped)'}`,
  async () => {
    const device = path.join(folder, 'kvm');
    await write('kvm', '');
    await chown(device, 0, 107);
    const gidAt = async (mode: number, kind: 'kvm' | 'tcg' = 'kvm') => {
      await chmod(device, mode);
      return (await confinementFor(5000, kind, device)).gid;
    };
    expect([await gidAt(0o660), await gidAt(0o666), await gidAt(0o600), await gidAt(0o660, 'tcg')]).toEqual([
      107, 5000, 5000, 5000,
    ]);
    // Files of the host are open to root's group.
    await chown(device, 0, 0);
    expect(await gidAt(0o660)).toBe(5000);
  },
);
