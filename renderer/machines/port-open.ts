// What a click on a port of a machine does, and whether something answers there. Pure.
import type { PortHealth, PortMapping, Vm } from '@tt/protocol';
import { portName, portText } from './port-text.ts';

/**
 * `shell`: a shell in its guest. `browser`: this address, in the system's browser. `tunnel`: the same through a port of this computer, which
 * the desktop opens. `onHost`: an address that only the computer of the agent reaches. `copy`: nobody knows a program for it.
 */
export type PortOpening =
  | { kind: 'shell' }
  | { kind: 'browser' | 'onHost'; url: string }
  | { kind: 'tunnel'; scheme: 'http' | 'https' }
  | { kind: 'copy' };

/**
 * How this window reaches ports of the computer of the agent: it is `here`; the desktop makes a `tunnel`; or by their addresses, as far as
 * they are not that computer's `own`.
 */
export type PortReach = 'here' | 'tunnel' | 'own';

export function openingOf(mapping: PortMapping, reach: PortReach): PortOpening {
  const name = portName(mapping);
  if (name === 'ssh') return { kind: 'shell' };
  if (name !== 'http' && name !== 'https') return { kind: 'copy' };
  if (reach === 'tunnel') return { kind: 'tunnel', scheme: name };
  return { kind: isLoopback(mapping.hostAddress) && reach === 'own' ? 'onHost' : 'browser', url: portText(mapping) };
}

/** 127.0.0.0/8 (RFC 5735) and ::1, which every computer has for itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** What its dot says. The first three of ssh, which greets; the others of any other port, as the agent finds. */
export type PortMark = 'answers' | 'waiting' | 'off' | 'open' | 'closed' | 'unknown';

/** `found`: by the agent just now; null: it was not asked, or did not answer. */
export function healthOf(
  { state, readiness }: Pick<Vm, 'state' | 'readiness'>,
  mapping: PortMapping,
  found: PortHealth | null,
): PortMark {
  if (state !== 'running') return 'off';
  if (portName(mapping) !== 'ssh') return found ?? 'unknown';
  return (readiness?.sshAt ?? null) !== null ? 'answers' : 'waiting';
}
