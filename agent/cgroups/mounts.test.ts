// Finds the cgroup hierarchies in the kernel's list of mounts, in the forms that hosts and containers have.
import { describe, expect, it } from 'vitest';
import { numberIn, pidsIn } from './cgroup-files.ts';
import { ownV2Path, parseMounts } from './mounts.ts';

describe('mounts', () => {
  it('of a host with v2 only', () => {
    const text = [
      '22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
      '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot',
    ].join('\n');
    expect(parseMounts(text)).toEqual({ v2: { mountPoint: '/sys/fs/cgroup', root: '/' }, v1: new Map() });
  });

  it('of a host with both, where cpu and cpuacct share a hierarchy', () => {
    const text = [
      '31 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct',
      '33 31 0:30 /docker/a\\040b /mem\\134x rw - cgroup cgroup rw,memory',
      '34 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd',
    ].join('\n');
    const { v1, v2 } = parseMounts(text);
    expect(v2?.mountPoint).toBe('/sys/fs/cgroup/unified');
    expect([v1.get('cpu'), v1.get('cpuacct')]).toEqual(['/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct']);
    expect([v1.get('memory'), v1.get('pids')]).toEqual(['/mem\\x', undefined]);
  });

  it('that are not there', () => {
    expect(parseMounts('')).toEqual({ v2: null, v1: new Map() });
    expect(ownV2Path('4:memory:/x\n')).toBeNull();
    expect(ownV2Path('4:memory:/x\n0::/system.slice/tt.service\n')).toBe('/system.slice/tt.service');
  });
});

it('reads numbers by their whole name', () => {
  const text = 'total_inactive_file 1\ninactive_file 22\nfile 333\n';
  expect(['total_inactive_file', 'inactive_file', 'file', 'fil'].map((key) => numberIn(text, key))).toEqual([
    1,
    22,
    333,
    Number.NaN,
  ]);
  expect([numberIn('42\n'), numberIn('')]).toEqual([42, Number.NaN]);
  expect(pidsIn('12\n0\n7\n')).toEqual([12, 7]);
});
