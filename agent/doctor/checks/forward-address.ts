// Whether forwards of user networking listen at another address than the window: a browser treats all ports of one address as
// the same host.
import type { AgentConfig } from '../../config.ts';
import { chooseForwardAddress } from '../../network/user/forward-address.ts';
import { type Check, found, optional } from '../check.ts';

export function forwardAddressCheck({ hostAddress, host }: Pick<AgentConfig, 'hostAddress' | 'host'>): Check {
  return {
    name: 'forward address',
    isOptional: true,
    async look(machine) {
      const { address, problem } = await chooseForwardAddress(hostAddress, host, (at) => machine.canListenAt(at));
      const text = `guests with user networking are reached at ${address}`;
      if (problem === null) return found(text);
      const fix =
        hostAddress === null && machine.platform === 'darwin'
          ? 'sudo ifconfig lo0 alias 127.0.0.2'
          : 'Set ports.hostAddress (--host-addr) to another address of this host than listen.address.';
      return optional(`${text}, the address of the window: ${problem}`, fix);
    },
  };
}
