// The zfs command and its output, with a stand-in for the program: arguments, failures, busy datasets.
import { expect, it } from 'vitest';
import { RunError } from '../../host/run-command.ts';
import { StorageError } from '../errors.ts';
import { streamOf } from './fake-increment.ts';
import { holdersOf, type Line, ZfsDatasets } from './zfs-datasets.ts';
import { isNeeded, ZfsTool } from './zfs-tool.ts';

/** Answers calls in order; an Error is what the program says on its way out. */
function fake(...answers: (string | Error)[]) {
  const calls: string[] = [];
  const tool = new ZfsTool(async (args) => {
    calls.push(args.join(' '));
    const answer = answers.shift() ?? '';
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { tool, calls };
}
const lineOf = (vmId: string, name: string): Line => ({
  vmId,
  disk: 'disk0',
  name,
  origin: null,
  snapshots: [],
  tags: [],
  goingTags: [],
});
const failure = (text: string) => new StorageError('STORAGE_FAILED', `zfs exited with 1: ${text}`);
const BUSY = failure("cannot destroy 'p/a': dataset is busy");

it('asks without -p of list, and with it of get', async () => {
  const { tool, calls } = fake('p\t-\t-\np/a\tp/s@base\t-\n', 'p\n', '4096\n', 'p\t-\np/a\t/images/x\n');
  expect(await tool.list('p')).toEqual([
    { name: 'p', origin: null, isGoing: false },
    { name: 'p/a', origin: 'p/s@base', isGoing: false },
  ]);
  expect(await tool.exists('p')).toBe(true);
  expect(await tool.get('p', 'used')).toBe('4096');
  expect([...(await tool.getAll('p', 'tt:image'))]).toEqual([['p/a', '/images/x']]);
  await tool.create('p/f');
  await tool.create('p/v', 8 * 1024 * 1024);
  await tool.clone('p/a@t', 'p/b');
  await tool.snapshot('p/b@t');
  await tool.rename('p/b@t', 'p/b@gone:1');
  await tool.destroyLater('p/b@gone:1');
  await tool.destroy('p/b', { withSnapshots: true });
  expect(calls).toEqual([
    'list -H -o name,origin,defer_destroy -t filesystem,volume,snapshot -r p',
    'list -H -o name p',
    'get -H -p -o value used p',
    'get -H -p -r -o name,value tt:image p',
    'create p/f',
    'create -s -V 8388608 p/v',
    'clone p/a@t p/b',
    'snapshot p/b@t',
    'rename p/b@t p/b@gone:1',
    'destroy -d p/b@gone:1',
    'destroy -r p/b',
  ]);
});

it('asks again while a dataset is busy, and believes it in the end', async () => {
  const { tool, calls } = fake(BUSY, BUSY, '');
  await tool.destroy('p/a');
  expect(calls).toHaveLength(3);
  const busy = fake(...Array.from({ length: 20 }, () => BUSY));
  await expect(busy.tool.destroy('p/a')).rejects.toThrow('dataset is busy');
  expect(busy.calls.length).toBeGreaterThan(2);
  // An odd name is not a busy one.
  const other = fake(failure("cannot destroy 'p/busy': permission denied"));
  await expect(other.tool.destroy('p/busy')).rejects.toThrow('permission denied');
  expect(other.calls).toHaveLength(1);
});

it.each([
  ['a pool that is not imported', "cannot open 'p': dataset does not exist"],
  [
    'a daemon that is not there',
    'connect: No such file or directory\nPlease make sure that the zfs-fuse daemon is running.',
  ],
  ['a name that only begins like it', "cannot open 'p/a/b': dataset does not exist"],
  ['an answer about a clone’s origin', "cannot open 'p/a@base': dataset does not exist"],
  ['a broken pool', 'cannot iterate filesystems: I/O error'],
  ['no rights', "cannot open 'p/a': permission denied"],
])('takes %s for a failure, never for “does not exist”', async (_, text) => {
  await expect(fake(failure(text)).tool.exists('p/a')).rejects.toThrow(StorageError);
  await expect(fake(failure(text)).tool.destroy('p/a')).rejects.toThrow(StorageError);
});

it('knows what does not exist by the exact words', async () => {
  const missing = failure("cannot open 'p/a': dataset does not exist");
  expect(await fake(missing).tool.exists('p/a')).toBe(false);
  await fake(missing).tool.destroy('p/a');
  await fake(failure('could not find any snapshots to destroy; check snapshot names.')).tool.destroyLater('p/a@t');
  expect(isNeeded(failure("cannot destroy 'p/a': filesystem has dependent clones"))).toBe(true);
  expect(isNeeded(failure("cannot destroy 'p/a': filesystem has children"))).toBe(true);
  expect(isNeeded(missing)).toBe(false);
});

it('tells lines of VMs from sources, and tags from snapshots that only wait', async () => {
  const rows = [
    'p',
    'p/vm1:disk0:aa',
    'p/vm1:disk0:aa@t1',
    'p/vm1:disk0:aa@gone:x',
    'p/vm1:disk0:aa@t2',
    'p/vm1:disk1:bb',
    'p/vm1:disk1:bb@t1',
  ];
  const others = ['p/vm2:disk0:cc', 'p/source:11:22:dd', 'p/source:11:22:dd@base', 'p/source:11:33:ee', 'p/staging:ff'];
  const originOf = (name: string) => (name === 'p/vm1:disk1:bb' ? 'p/source:11:22:dd@base' : '-');
  const text = [...rows, ...others]
    .map((name) => `${name}\t${originOf(name)}\t${name.endsWith('@t2') ? 'on' : 'off'}\n`)
    .join('');
  const datasets = new ZfsDatasets(fake(text, text, text, text).tool, 'p');
  const lines = await datasets.lines('vm1');
  expect(lines).toEqual([
    { ...lineOf('vm1', 'vm1:disk0:aa'), snapshots: ['t1', 'gone:x', 't2'], tags: ['t1'], goingTags: ['t2'] },
    {
      ...lineOf('vm1', 'vm1:disk1:bb'),
      disk: 'disk1',
      origin: 'source:11:22:dd@base',
      snapshots: ['t1'],
      tags: ['t1'],
    },
  ]);
  expect([...holdersOf(lines, 'vm1', 't1', 'disk0').keys()]).toEqual(['disk0', 'disk1']);
  expect(() => holdersOf(lines, 'vm1', 'gone', 'disk0')).toThrow('no snapshot');
  expect((await datasets.lines()).map(({ vmId }) => vmId)).toEqual(['vm1', 'vm1', 'vm2']);
  expect(await datasets.sources('11')).toEqual([{ name: 'source:11:22:dd', version: '22' }]);
  expect(await datasets.leftovers()).toEqual(['source:11:33:ee', 'staging:ff']);
});

it('tries again what was in use when it was to go, by itself and once', async () => {
  const { tool, calls } = fake(BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, '');
  const datasets = new ZfsDatasets(tool, 'p');
  await datasets.removeHeld();
  expect(calls).toEqual([]);
  expect(await datasets.removed('vm1:disk0:aa', true)).toBe(false);
  expect(await datasets.removed('source:11:22:dd', true)).toBe(false);
  calls.length = 0;
  await datasets.removeHeld();
  await datasets.removeHeld();
  expect(calls).toEqual(['destroy -r p/vm1:disk0:aa']);
});

it('removes lines in the order their clones allow, and takes the tags of those that must stay', async () => {
  const needed = failure("cannot destroy 'p/x': filesystem has dependent clones");
  const { tool, calls } = fake(needed, '', needed, '', '');
  await new ZfsDatasets(tool, 'p').remove([{ ...lineOf('x', 'x:disk0:1'), tags: ['t1'] }, lineOf('x', 'x:disk0:2')]);
  expect(calls).toEqual([
    'destroy -r p/x:disk0:1',
    'destroy -r p/x:disk0:2',
    'destroy -r p/x:disk0:1',
    'destroy -d p/x:disk0:1@t1',
  ]);
});

it('reads an increment as far as it was asked to, and says when what came is none', async () => {
  const block = { offset: 0, bytes: Buffer.alloc(8192, 1) };
  const whole = streamOf([block, { ...block, offset: 8192 }]);
  const reading = (stream: Buffer, end?: unknown) =>
    new ZfsTool(async (args, options) => {
      expect(args).toEqual(['send', '-i', 'p/a@one', 'p/a@two']);
      for (let at = 0; at < stream.length; at += 100) {
        options?.signal?.throwIfAborted();
        options?.onBytes?.(stream.subarray(at, at + 100));
      }
      if (end !== undefined) throw end;
      return '';
    }).writtenBytes('p/a@one', 'p/a@two', 20_000);
  expect(await reading(whole)).toBe(16_384);
  expect(await reading(streamOf([block, block, block, block]))).toBe(null);
  const timedOut = new RunError({ command: 'zfs', args: [], exitCode: null, stderr: '', timedOut: true });
  const slow = new StorageError('STORAGE_FAILED', 'zfs took too long', { cause: timedOut });
  expect(await reading(whole.subarray(0, 1000), slow)).toBe(null);
  await expect(reading(whole, BUSY)).rejects.toBe(BUSY);
  await expect(reading(whole.subarray(0, -1))).rejects.toThrow('no whole increment');
  await expect(reading(Buffer.alloc(312, 9))).rejects.toThrow('a record of type');
});
