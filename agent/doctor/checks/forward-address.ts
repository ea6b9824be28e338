// Whether forwards of user networking listen at another address than the window: a browser treats all ports of one address as
// the same host.
import { reason } from '@tt/protocol';
import type { AgentConfig } from '../../config.ts';
import { chooseForwardAddress } from '../../network/user/forward-address.ts';
import { type Check, found, optional } from '../check.ts';

export function forwardAddressCheck({ hostAddress, host }: Pick<AgentConfig, 'hostAddress' | 'host'>): Check {
  return {
    name: 'forward address',
    isOptional: true,
    async look(machine) {
      const { address, problem } = await chooseForwardAddress(hostAddress, host, (at) => machine.canListenAt(at));
      if (problem === null) return found(reason('finding.forward', { address }));
      const fix =
        hostAddress === null && machine.platform === 'darwin'
          ? 'sudo ifconfig lo0 alias 127.0.0.2'
          : reason('fix.hostAddress');
      return optional([reason('finding.forwardShared', { address }), problem], fix);
    },
  };
}
