// In which words a machine says what it is doing.
import type { Operation, Vm } from '@tt/protocol';
import { expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { vmCondition } from './vm-condition.ts';

const at = { agentAt: null, sshAt: null };
/** What its words are made of. */
const machine = (about: Partial<Vm> = {}): Vm =>
  ({ id: 'a', state: 'running', stopping: false, readiness: { stage: 'booting', ...at }, ...about }) as Vm;

function wordsOf(vm: Vm, kinds: Operation['kind'][] = [], reverting: string[] = []): [string, string] {
  const operations = {
    shownFor: ({ vmId }: { vmId?: string }) => kinds.map((kind) => ({ kind, subject: { vmId } }) as Operation),
  };
  const snapshots = { reverting: new Map(reverting.map((id) => [id, 'clean'])) } as unknown as Parameters<
    typeof vmCondition
  >[0]['snapshots'];
  const { mark, word } = vmCondition({ operations, snapshots }, vm, translate);
  return [mark, word];
}

test('one with power is booting until its guest answers', () => {
  const stages = (['booting', 'agentAnswers', 'sshAnswers', 'silent', 'unknown'] as const).map((stage) =>
    wordsOf(machine({ readiness: { stage, ...at } })),
  );
  expect(stages).toEqual([
    ['partial', 'booting'],
    ['running', 'agent answers'],
    ['running', 'SSH answers'],
    ['running', 'running, no answer'],
    ['running', 'running'],
  ]);
});

test('one whose kernel has panicked says that instead, as long as it runs', () => {
  const panicked = { stage: 'sshAnswers', ...at, panickedAt: '2026-12-01T10:00:00.000Z' } as const;
  expect(wordsOf(machine({ readiness: panicked }))).toEqual(['failed', 'kernel panic']);
  expect(wordsOf(machine({ state: 'paused', readiness: panicked }))).toEqual(['paused', 'paused']);
  expect(wordsOf(machine({ readiness: panicked }), ['vm.reset'])).toEqual(['working', 'resetting']);
});

test('one that does not run says its state, one that is paused nothing of its guest', () => {
  expect(wordsOf(machine({ state: 'stopped', readiness: null }))).toEqual(['stopped', 'stopped']);
  expect(wordsOf(machine({ state: 'paused' }))).toEqual(['paused', 'paused']);
  expect(wordsOf(machine({ state: 'failed', readiness: null }))).toEqual(['failed', 'failed']);
});

test('what is being done to it comes first: one that is being stopped is not running', () => {
  expect(wordsOf(machine({ stopping: true }))).toEqual(['working', 'stopping']);
  expect(wordsOf(machine({ state: 'stopped', readiness: null }), ['vm.start'])).toEqual(['working', 'starting']);
  expect(wordsOf(machine(), ['vm.reset'])).toEqual(['working', 'resetting']);
  expect(wordsOf(machine(), [], ['a'])).toEqual(['working', 'reverting']);
  expect(wordsOf(machine(), ['disk.add'])).toEqual(['partial', 'booting']);
  expect(wordsOf(machine(), [], ['other'])).toEqual(['partial', 'booting']);
});
