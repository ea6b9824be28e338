// An ssh server as people write it: `kim@host`, `kim@host:2222`, `kim@[2001:db8::1]:22`, or a name of ~/.ssh/config. Pure.
import type { SshServer } from '../bridge.ts';

/** null for what is none. What is not written, user or port, ~/.ssh/config may say. */
export function readSshServer(text: string): SshServer | null {
  const parts =
    /^(?:(?<user>[^\s@:/]{1,64})@)?(?:\[(?<six>[\da-f:.]+)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/i.exec(
      text.trim(),
    )?.groups;
  if (!parts) return null;
  const { user = '', six, host, port } = parts;
  const place = six ?? host ?? '';
  const number = Number(port ?? 0);
  const isPort = port === undefined || (number >= 1 && number <= 65_535);
  return isPort && place.length <= 253 ? { user, host: place, port: number } : null;
}

export function sshServerText({ user, host, port }: SshServer): string {
  const place = host.includes(':') ? `[${host}]` : host;
  return `${user === '' ? '' : `${user}@`}${place}${port === 0 ? '' : `:${port}`}`;
}
