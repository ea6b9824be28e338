// Whether the kernel may use ports of the agent's range for outgoing connections: then a forward can fail at random.
import { reason } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';

const LOCAL_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
const RESERVED = '/proc/sys/net/ipv4/ip_local_reserved_ports';

interface Range {
  first: number;
  last: number;
}

export function portsCheck(range: Range): Check {
  return {
    name: 'ports',
    isOptional: true,
    async look(machine) {
      const local = rangesIn(((await machine.readText(LOCAL_RANGE)) ?? '').trim().replace(/\s+/, '-'))[0];
      if (!local || local.last < range.first || range.last < local.first)
        return found(reason('finding.ports', { ...range }));
      const shared = { first: Math.max(local.first, range.first), last: Math.min(local.last, range.last) };
      const reservedText = ((await machine.readText(RESERVED)) ?? '').trim();
      if (covers(rangesIn(reservedText), shared)) return found(reason('finding.portsReserved', { ...range }));
      const wanted = [reservedText, `${range.first}-${range.last}`].filter((part) => part !== '').join(',');
      return optional(
        reason('finding.portsShared', { ...range, from: local.first, to: local.last }),
        `${machine.isRoot ? '' : 'sudo '}sysctl -w net.ipv4.ip_local_reserved_ports=${wanted}`,
      );
    },
  };
}

/** The kernel's own form: `8080,9000-9010`. */
function rangesIn(text: string): Range[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return { first: first ?? 0, last: last ?? 0 };
    });
}

function covers(ranges: readonly Range[], { first, last }: Range): boolean {
  let next = first;
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    if (range.first <= next && range.last >= next) next = range.last + 1;
  }
  return next > last;
}
