// A guest that connects to the agent through user networking is refused whatever it sends; other clients are not delayed.
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { guestRefusal } from './guest-connections.ts';
import type { SocketOwner } from '../host/socket-owner.ts';

const silent = pino({ level: 'silent' });
const loopback = { remoteAddress: '127.0.0.1', remotePort: 5, localAddress: '127.0.0.1', localPort: 9527 };
const uid = process.getuid?.() ?? -1;
const user = {
  spec: { nics: [{ kind: 'user' }] },
  placement: { confinement: null },
  status: { process: { pid: 42, startTicks: 1 } },
  name: 'demo/tiny-2-1',
};
const confined = { ...user, placement: { confinement: { uid: 2_001_000_007, gid: 1 } } };
const bridged = { ...confined, spec: { nics: [{ kind: 'nat' }] } };

/** The code of the refusal, and how often the kernel was asked. */
async function decide(vm: object, owner: SocketOwner | null, socket: object = loopback, platform = 'linux') {
  let asked = 0;
  const refuse = guestRefusal({
    vms: () => [vm] as never,
    logger: silent,
    ownerOf: async () => {
      asked++;
      return owner;
    },
    holds: async (pid, inode) => pid === 42 && inode === 7,
    platform: platform as NodeJS.Platform,
  });
  return [(await refuse(socket as Socket))?.code ?? null, asked];
}

it.each([
  ['a confined guest, by its user', confined, { uid: 2_001_000_007, inode: 1 }, 'GUEST_REFUSED', 1],
  ['a guest that runs as the agent, by its process', user, { uid, inode: 7 }, 'GUEST_REFUSED', 1],
  ['another program of the same user', user, { uid, inode: 8 }, null, 1],
  ['another user', user, { uid: uid + 1, inode: 7 }, null, 1],
  ['a connection that is closed already', user, null, null, 2],
  ['anybody, where no guest has user networking', bridged, { uid: 2_001_000_007, inode: 1 }, null, 0],
])('%s', async (_name, vm, owner, code, asked) => {
  expect(await decide(vm, owner)).toEqual([code, asked]);
});

it('looks at connections from this host only, at whichever address it is asked', async () => {
  const owner = { uid: 2_001_000_007, inode: 1 };
  const at = (remoteAddress: string, localAddress: string) => ({ ...loopback, remoteAddress, localAddress });
  expect(await decide(confined, owner, at('192.0.2.5', '192.0.2.5'))).toEqual(['GUEST_REFUSED', 1]);
  expect(await decide(confined, owner, at('::ffff:127.0.0.1', '::ffff:127.0.0.1'))).toEqual(['GUEST_REFUSED', 1]);
  expect(await decide(confined, owner, at('::1', '::1'))).toEqual(['GUEST_REFUSED', 1]);
  expect(await decide(confined, owner, at('192.0.2.6', '192.0.2.5'))).toEqual([null, 0]);
  expect(await decide(confined, owner, loopback, 'win32')).toEqual([null, 0]);
});
