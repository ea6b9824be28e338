// The contract relayed to another client: same answers, same codes, whatever state the far end is in.
import { createRouterClient } from '@orpc/server';
import { type TtClient, TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { relayRouter } from './relay.ts';

function relayTo(clientOf: () => unknown): TtClient {
  return createRouterClient(relayRouter(clientOf as () => TtClient)) as unknown as TtClient;
}

it('asks for the far end at each call, so that it may change', async () => {
  const asked: string[] = [];
  const far = (name: string) => ({
    env: {
      list: async () => {
        asked.push(name);
        return { envs: [] };
      },
    },
  });
  let current = far('one');
  const client = relayTo(() => current);
  await client.env.list();
  current = far('two');
  expect(await client.env.list()).toEqual({ envs: [] });
  expect(asked).toEqual(['one', 'two']);
});

it('keeps code, data and status of a failure, of the far end and of the way there', async () => {
  const busy = new TtError('ENV_BUSY', { envName: 'a', operation: 'vm.start' });
  const failing = relayTo(() => ({ env: { start: () => Promise.reject(busy) } }));
  await expect(failing.env.start({ name: 'a' })).rejects.toMatchObject({
    code: 'ENV_BUSY',
    status: 409,
    data: { envName: 'a', operation: 'vm.start' },
  });
  const nobody = relayTo(() => {
    throw new TtError('AGENT_UNREACHABLE', { url: 'http://x' });
  });
  await expect(nobody.host.ping()).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE', data: { url: 'http://x' } });
});

it('refuses what the contract refuses before the far end sees it', async () => {
  const client = relayTo(() => {
    throw new Error('must not be asked');
  });
  const input = { name: 'a', groups: [{ osPrefix: 'tiny', noSuchField: 1 }] };
  await expect(client.env.create(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

it('hands an abort on to the far end', async () => {
  const reached = Promise.withResolvers<AbortSignal>();
  const client = relayTo(() => ({
    env: {
      list: (_input: unknown, { signal }: { signal: AbortSignal }) => {
        reached.resolve(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    },
  }));
  const abort = new AbortController();
  const call = client.env.list(undefined, { signal: abort.signal });
  expect((await reached.promise).aborted).toBe(false);
  abort.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
});
