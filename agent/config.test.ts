// The flags of an agent: safe without any, and refused when they make no sense.
import { describe, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';

describe('the configuration', () => {
  it('without flags listens on loopback, keeps everything in the state folder and uses QEMU', () => {
    expect(readConfig([], '/state')).toEqual({
      home: '/state',
      imageDirectory: '/state/images',
      host: '127.0.0.1',
      port: 0,
      engine: 'qemu',
      memoryTotalMiB: null,
      diskTotalMiB: null,
      firstPort: 40_000,
      lastPort: 59_999,
      prepareImages: true,
      windowDirectory: null,
      logLevel: 'info',
    });
  });

  it('takes the seed’s names for what the seed had', () => {
    const argv = [
      '--home',
      '/h',
      '--image-path',
      '/i',
      '--serv-addr',
      '::1',
      '--serv-port',
      '9527',
      '--engine',
      'fake',
    ];
    const more = ['--mem-total', '1000', '--disk-total', '2000', '--first-port', '30000', '--last-port', '30009'];
    const rest = ['--no-prepare', '--window', '/w', '--log-level', 'debug'];
    expect(readConfig([...argv, ...more, ...rest], '/state')).toEqual({
      home: '/h',
      imageDirectory: '/i',
      host: '::1',
      port: 9527,
      engine: 'fake',
      memoryTotalMiB: 1000,
      diskTotalMiB: 2000,
      firstPort: 30_000,
      lastPort: 30_009,
      prepareImages: false,
      windowDirectory: '/w',
      logLevel: 'debug',
    });
  });

  it.each([
    ['--serv-port=65536'],
    ['--serv-port=-1'],
    ['--mem-total=0'],
    ['--mem-total=1.5'],
    ['--first-port=80'],
    ['--engine=vmware'],
    ['--no-such-flag'],
    ['extra'],
    ['--first-port=50000', '--last-port=40000'],
  ])('refuses %s', (...argv) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const say = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readConfig(argv, '/state')).toThrow('exit 1');
    expect(say.mock.calls.join('')).toMatch(/^error: /);
    exit.mockRestore();
    say.mockRestore();
  });
});
