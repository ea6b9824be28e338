// A paste tells how it ended, and types into the screen it began with.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { TypingEnd, TypingOptions } from './guest-keyboard.ts';
import { PasteRun } from './paste-run.ts';

const screen = (type: (text: string, options: TypingOptions) => Promise<TypingEnd>) => ({ type });

it.each(['done', 'stopped', 'closed', 'unread'] as const)('ends as %s, with what was typed', async (end) => {
  const run = new PasteRun();
  await run.type(
    'abc环',
    screen(async (_text, { onProgress }) => {
      onProgress(2);
      return end;
    }),
  );
  expect([run.state, run.progress, run.error]).toEqual([end, { done: 2, total: 3 }, null]);
});

it('says why it failed, and that there is no screen', async () => {
  const run = new PasteRun();
  await run.type(
    'abc',
    screen(() => Promise.reject(new TtError('VM_NOT_FOUND', { vmId: 'v1' }))),
  );
  expect([run.state, run.error?.code]).toEqual(['failed', 'VM_NOT_FOUND']);
  await run.type('abc', null);
  expect([run.state, run.error]).toEqual(['closed', null]);
});
