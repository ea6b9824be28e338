// What is to be run: scripts from files, on which machines, and the same again.
import type { RunDetail, Vm } from '@tt/protocol';
import { expect, test } from 'vitest';
import { againOn, commandText, RunDraft, systemOf } from './run-draft.ts';

const vm = (id: string, image: string) => ({ id, image }) as Vm;
const VMS = [vm('a', 'qemu:tiny-2:default'), vm('b', 'qemu:tiny-2:default'), vm('c', 'qemu:debian-12:web')];

test('without a choice it runs on all machines, of the ENV as it is when the agent begins', () => {
  const draft = new RunDraft('demo');
  expect(draft.isComplete).toBe(false);
  draft.type('uname -a');
  expect(draft.isComplete).toBe(true);
  expect(draft.toRequest(VMS)).toEqual({
    envName: 'demo',
    command: { script: { text: 'uname -a' } },
    timeoutMs: 600_000,
    waitMs: 300_000,
  });
});

test('chosen systems and machines: those that are both', () => {
  const draft = new RunDraft('demo');
  draft.type('true');
  draft.setWaits(false);
  draft.toggleSystem('tiny-2');
  expect(draft.targets(VMS).map(({ id }) => id)).toEqual(['a', 'b']);
  draft.chooseVms(['b', 'c']);
  expect(draft.toRequest(VMS)).toMatchObject({ vmIds: ['b'] });
  expect(draft.toRequest(VMS)).not.toHaveProperty('waitMs');
  expect(draft.toRequest(VMS)).not.toHaveProperty('via');
  draft.setUsesSsh(true);
  expect(draft.toRequest(VMS)).toMatchObject({ via: 'ssh' });
  draft.toggleSystem('tiny-2');
  expect(draft.targets(VMS).map(systemOf)).toEqual(['tiny-2', 'debian-12']);
});

test('a script comes from a file; what is no text, or too long, leaves what was there', async () => {
  const draft = new RunDraft('demo');
  await draft.read(new File(['#!/bin/sh\necho hello\n'], 'hello.sh'));
  expect([draft.fileName, draft.text]).toEqual(['hello.sh', '#!/bin/sh\necho hello\n']);
  for (const [content, why] of [
    [new Uint8Array([0xff, 0xfe]), 'notText'],
    ['a\0b', 'notText'],
    ['x'.repeat(4 * 1024 ** 2 + 1), 'tooLong'],
  ] as const) {
    await draft.read(new File([content], 'odd'));
    expect([draft.fileProblem, draft.fileName]).toEqual([{ name: 'odd', why }, 'hello.sh']);
  }
  draft.type('');
  expect([draft.fileName, draft.fileProblem]).toEqual([null, null]);
  draft.type('ü'.repeat(2 * 1024 ** 2 + 1));
  expect([draft.problem, draft.isComplete]).toEqual(['tooLong', false]);
});

test('the same again has command, user and folder; not where values of its environment are gone', () => {
  const request: NonNullable<RunDetail['request']> = {
    command: { argv: ['cat', '/etc/os-release'] },
    user: 'kim',
    cwd: null,
    environmentNames: [],
  };
  expect(againOn('demo', request, { timeoutMs: 5000, via: 'ssh' }, ['a'])).toMatchObject({
    command: request.command,
    user: 'kim',
    vmIds: ['a'],
    timeoutMs: 5000,
    via: 'ssh',
  });
  expect(againOn('demo', { ...request, environmentNames: ['TOKEN'] }, { timeoutMs: 5000 }, ['a'])).toBeNull();
  expect(againOn('demo', { ...request, scriptBytes: 50_000 }, { timeoutMs: 5000 }, ['a'])).toBeNull();
  expect(againOn('demo', undefined, { timeoutMs: 5000 }, ['a'])).toBeNull();
  expect(commandText(request.command)).toBe('cat /etc/os-release');
});
