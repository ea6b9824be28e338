// The address of a server as others reach it.
import { hostname } from 'node:os';

/** A server that listens at all addresses of this host is known elsewhere by the name of the host. Any other address stays. */
export function namedUrl(url: string): string {
  const address = new URL(url);
  if (address.hostname !== '0.0.0.0' && address.hostname !== '[::]') return url;
  address.hostname = hostname();
  return address.href;
}
