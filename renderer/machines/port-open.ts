// What a click on a port of a machine does, and whether something answers there. Pure.
import type { PortMapping, Vm } from '@tt/protocol';
import { portName, portText } from './port-text.ts';

/**
 * `shell`: a shell in its guest. `browser`: this address, in the system's browser. `onHost`: an address that only the computer of the agent
 * reaches. `copy`: nobody knows a program for it.
 */
export type PortOpening = { kind: 'shell' } | { kind: 'browser' | 'onHost'; url: string } | { kind: 'copy' };

/** `isOnHost`: the window is on the computer of the agent. */
export function openingOf(mapping: PortMapping, isOnHost: boolean): PortOpening {
  const name = portName(mapping);
  if (name === 'ssh') return { kind: 'shell' };
  if (name !== 'http' && name !== 'https') return { kind: 'copy' };
  const url = portText(mapping);
  return { kind: isLoopback(mapping.hostAddress) && !isOnHost ? 'onHost' : 'browser', url };
}

/** 127.0.0.0/8 (RFC 5735) and ::1, which every computer has for itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

export type PortHealth = 'answers' | 'waiting' | 'off';

/**
 * null: nobody asks there. Only ssh greets without being spoken to, so only of it the agent knows: a connection to another port says nothing
 * with user networking, where QEMU accepts it before the guest does, and speaking to programs of guests is nobody's right but their users'.
 */
export function healthOf(
  { state, readiness }: Pick<Vm, 'state' | 'readiness'>,
  mapping: PortMapping,
): PortHealth | null {
  if (state !== 'running') return 'off';
  if (portName(mapping) !== 'ssh') return null;
  return (readiness?.sshAt ?? null) !== null ? 'answers' : 'waiting';
}
