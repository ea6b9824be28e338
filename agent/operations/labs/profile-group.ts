// What a profile says of its machines, as a wish that the making of an ENV understands.
import type { VmGroup } from '@tt/protocol';
import type { ProfileRecord } from '../../state/records.ts';

export function groupOf({ image, resources, netKind, ports, setup }: ProfileRecord): VmGroup {
  return {
    osPrefix: image,
    copies: 1,
    ...resources,
    ports: ports.map(({ protocol, guestPort }) => ({ protocol, guestPort })),
    ...(setup.trim() !== '' && { setup: { commands: [setup] } }),
    ...(netKind && { nics: [{ kind: netKind }] }),
  };
}
