// Where an agent listens on the computer at the other end of an ssh connection. Pure.
import { isLoopback, socketFileIn } from '@tt/client/node';
import { TtError } from '@tt/protocol';

/** A port at its loopback address, or the absolute path of a unix socket. */
export type FarPlace = number | string;

/** Throws SSH_ADDRESS_WRONG for an address that makes no sense there. */
export function farPlaceOf(url: string): FarPlace {
  const file = socketFileIn(url);
  if (file !== null) return file;
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:' || !isLoopback(hostname)) throw new TtError('SSH_ADDRESS_WRONG', { url });
  return Number(port || 80);
}
