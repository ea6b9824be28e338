// Names that users type, OS prefixes, and suggestions.
import { describe, expect, it } from 'vitest';
import { isValidName, matchesOsPrefix, nearMatches, parseImageName } from './names.ts';

const images = [
  'qemu:centos-7:default',
  'qemu:tiny-2:default',
  'qemu:ubuntu-18.04:default',
  'qemu:ubuntu-20.04:default',
  'qemu:ubuntu-20.04:desktop',
  'firecracker:ubuntu-20.04:default',
];
const found = (prefix: string) => images.filter((name) => matchesOsPrefix(name, prefix));

describe('names', () => {
  it('are letters, digits, _ . and -, starting with a letter or digit, at most 63', () => {
    const good = ['a', 'Z9', '0', 'my-env_1.2', 'x'.repeat(63)];
    const bad = ['', '-a', '.a', '_a', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(64), '../x', 'a\u0000'];
    expect([...good, ...bad].filter(isValidName)).toEqual(good);
  });

  it('of images have three parts', () => {
    expect(parseImageName('qemu:tiny-2:default')).toEqual({ engine: 'qemu', os: 'tiny-2', variant: 'default' });
    expect(['', 'qemu', 'qemu:tiny', 'qemu::default', 'a:b:c:d', ':::'].map(parseImageName)).toEqual(
      Array(6).fill(null),
    );
  });
});

describe('an OS prefix', () => {
  it('matches the os part without punctuation, as people write it', () => {
    expect(found('ubuntu2004')).toEqual(images.slice(3));
    expect(found('Ubuntu-20')).toEqual(images.slice(3));
    expect(found('cent')).toEqual(['qemu:centos-7:default']);
    expect(found(' tiny ')).toEqual(['qemu:tiny-2:default']);
  });

  it('matches the whole name to the letter', () => {
    expect(found('firecracker:')).toEqual(['firecracker:ubuntu-20.04:default']);
    expect(found('QEMU:UBUNTU-20.04:DESK')).toEqual(['qemu:ubuntu-20.04:desktop']);
  });

  it('never matches everything by accident', () => {
    expect(['', ' ', '-', '.', ':', 'entos', 'desktop', 'default'].flatMap(found)).toEqual([]);
  });
});

describe('near matches', () => {
  it('come nearest first, at most three, and only when they are near', () => {
    expect(nearMatches('ubunto-20.04', images)).toEqual([
      'firecracker:ubuntu-20.04:default',
      'qemu:ubuntu-20.04:default',
      'qemu:ubuntu-20.04:desktop',
    ]);
    expect(nearMatches('centso7', images)[0]).toBe('qemu:centos-7:default');
    expect(nearMatches('windows-server-2022', ['qemu:tiny-2:default'])).toEqual([]);
    expect(nearMatches('tinny-1', ['qemu:tiny-2:default', 'qemu:debian-12:default'])).toEqual(['qemu:tiny-2:default']);
    expect(nearMatches('demo', ['demi', 'nothing-like-it-at-all-really'])).toEqual(['demi']);
  });
});
