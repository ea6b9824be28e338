// The handlers themselves, without a border around them: anonymous callers can run only the calls that allow it.
import { openCalls } from '@tt/protocol';
import { expect, it } from 'vitest';
import { callsOfNobody } from '../testing/calls-of-nobody.ts';
import { router } from './router.ts';

it('run for somebody only, but for those that are open', async () => {
  expect(await callsOfNobody(router)).toEqual([...openCalls].toSorted());
});
