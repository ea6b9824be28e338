// Ports of this computer for ports of guests: one for each, refused before anything listens, bounded, closed at the end.
import type { LocalPort, NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { PortForwards } from './port-forwards.ts';

function setUp(failure?: TtError) {
  const asked: unknown[] = [];
  const open = new Set<number>();
  let next = 50_000;
  const link = (connectionId: string) =>
    ({
      client: {
        console: {
          openPort: async (input: unknown) => {
            asked.push([connectionId, input]);
            if (failure) throw failure;
            return { ticket: 'x', expiresAt: '', kind: 'port' };
          },
        },
      },
    }) as unknown as NodeConnection;
  const openPort = async ({ port }: { port: number }): Promise<LocalPort> => {
    expect(port).toBe(0);
    const own = next++;
    open.add(own);
    return { port: own, close: () => void open.delete(own) };
  };
  return { asked, open, forwards: new PortForwards({ link, openPort }) };
}

it('opens one for each port of a machine, asking the server each time', async () => {
  const { forwards, asked, open } = setUp();
  const first = await forwards.open('private', 'vm-1', 80);
  expect(await forwards.open('private', 'vm-1', 80)).toBe(first);
  expect(await forwards.open('private', 'vm-1', 443)).not.toBe(first);
  expect(await forwards.open('other', 'vm-1', 80)).not.toBe(first);
  expect([asked.length, open.size]).toEqual([4, 3]);
  expect(asked[0]).toEqual(['private', { vmId: 'vm-1', guestPort: 80 }]);
});

it('opens one for two who ask at once', async () => {
  const { forwards, open } = setUp();
  const [one, other] = await Promise.all([forwards.open('private', 'a', 80), forwards.open('private', 'a', 80)]);
  expect([one, open.size]).toEqual([other, 1]);
});

it('listens nowhere for what the server refuses', async () => {
  const { forwards, open } = setUp(new TtError('VM_NOT_RUNNING', { vmName: 'demo/tiny-1', state: 'stopped' }));
  await expect(forwards.open('private', 'vm-1', 80)).rejects.toMatchObject({ code: 'VM_NOT_RUNNING' });
  expect(open.size).toBe(0);
});

it('closes the first of too many, and all at the end', async () => {
  const { forwards, open } = setUp();
  const ports: number[] = [];
  for (let number = 1; number <= 33; number += 1) ports.push(await forwards.open('private', 'vm-1', number));
  expect([open.size, open.has(ports[0] ?? 0), open.has(ports[1] ?? 0)]).toEqual([32, false, true]);
  forwards.closeAll();
  expect(open.size).toBe(0);
});
