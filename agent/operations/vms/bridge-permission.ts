// Who can put machines into the network around the host: they are then machines of that network like any other.
import { type NetKind, TtError } from '@tt/protocol';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';

/** In `network.bridge.users`: every user. */
const EVERYBODY = '*';

/** Throws NOT_ALLOWED if a NIC is of kind bridge and the caller is neither an administrator nor in `network.bridge.users`. */
export function mayUseBridge(
  { settings }: Pick<Services, 'settings'>,
  { name, role }: Caller,
  machines: readonly { spec: { nics: readonly { kind: NetKind }[] } }[],
): void {
  if (role === 'admin' || !machines.some(({ spec }) => spec.nics.some(({ kind }) => kind === 'bridge'))) return;
  const { lanUsers } = settings.current;
  if (role === 'viewer' || !(lanUsers.includes(name) || lanUsers.includes(EVERYBODY)))
    throw new TtError('NOT_ALLOWED', { user: name, what: 'useBridge' });
}
