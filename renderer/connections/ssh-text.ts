// An ssh server as people write it: `kim@host`, `kim@host:2222`, `kim@[2001:db8::1]:22`. Pure.
import type { SshServer } from '../bridge.ts';

const DEFAULT_PORT = 22;

/** null for what is none; the user is always named. */
export function readSshServer(text: string): SshServer | null {
  const parts = /^(?<user>[^\s@:/]{1,64})@(?:\[(?<six>[\da-f:.]+)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/i.exec(
    text.trim(),
  )?.groups;
  if (!parts) return null;
  const { user = '', six, host, port } = parts;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  const place = six ?? host ?? '';
  return number >= 1 && number <= 65_535 && place.length <= 253 ? { user, host: place, port: number } : null;
}

export function sshServerText({ user, host, port }: SshServer): string {
  const place = host.includes(':') ? `[${host}]` : host;
  return port === DEFAULT_PORT ? `${user}@${place}` : `${user}@${place}:${port}`;
}
