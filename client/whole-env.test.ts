// An ENV put together from pages, by an agent that has only what is told here.
import { type EnvPage, type TtClient, TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { wholeEnv } from './whole-env.ts';

type Asked = { name: string; limit?: number; after?: string };

/** `answers`: by what is asked after; null is refused with VM_NOT_FOUND. `all` is the answer without a limit. */
function agentWith(answers: Record<string, EnvPage | null>, all?: EnvPage) {
  const asked: Asked[] = [];
  const show = async (input: Asked) => {
    asked.push(input);
    if (input.limit === undefined) return all;
    const answer = answers[input.after ?? ''];
    if (!answer) throw new TtError('VM_NOT_FOUND', { vmId: input.after ?? '' });
    return answer;
  };
  return { asked, client: { env: { show } } as unknown as TtClient };
}

const page = (ids: string[], next?: string): EnvPage =>
  ({
    env: { name: 'demo', vmIds: ids },
    vms: ids.map((id) => ({ id })),
    snapshots: next === undefined ? [{ name: 'clean' }] : [],
    warnings: [],
    ...(next !== undefined && { next }),
  }) as unknown as EnvPage;

it('has the machines of all pages, and the rest of the last one', async () => {
  const { client, asked } = agentWith({ '': page(['a', 'b'], 'b'), b: page(['c'], 'c'), c: page(['d']) });
  const whole = await wholeEnv(client, 'demo');
  expect(whole).toEqual({ ...page(['d']), vms: ['a', 'b', 'c', 'd'].map((id) => ({ id })) });
  expect(asked.map(({ after }) => after)).toEqual([undefined, 'b', 'c']);
  expect(new Set(asked.map(({ limit }) => limit)).size).toBe(1);
});

it('is asked for at once when the machine to go on from is gone meanwhile', async () => {
  const { client } = agentWith({ '': page(['a', 'b'], 'b'), b: null }, page(['a', 'c']));
  expect(await wholeEnv(client, 'demo')).toEqual(page(['a', 'c']));
});

it('is not asked for again when the first page is refused', async () => {
  const { client, asked } = agentWith({ '': null });
  await expect(wholeEnv(client, 'demo')).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
  expect(asked).toHaveLength(1);
});
