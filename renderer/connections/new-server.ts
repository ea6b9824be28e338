// What a server that is added needs: a token unless a join link brings its own code, a way over ssh if it is chosen, and trust in what
// answers if nobody knows it.
import type { TtError } from '@tt/protocol';
import { z } from 'zod';
import type { ConnectionView, NewServer, SshRoute } from '../bridge.ts';
import { word } from '../forms/use-form-of.ts';
import { readSshServer, sshServerText } from './ssh-text.ts';

export const MAX_NAME_LENGTH = 63;

/** False for a join link. */
export function needsToken(address: string): boolean {
  return !address.includes('#join=');
}

const sshServer = z
  .string()
  .refine((text) => text.trim() === '' || readSshServer(text) !== null, word('connections.sshInvalid'));

export const newServerForm = z
  .object({
    name: z.string().max(MAX_NAME_LENGTH),
    address: z.string().trim().min(1).max(2048),
    wayIn: z.enum(['token', 'password', 'browser']),
    token: z.string().trim().max(4096),
    userName: z.string().trim().max(255),
    userPassword: z.string().max(256),
    isOverSsh: z.boolean(),
    sshServer,
    jump: sshServer,
    login: z.enum(['agent', 'key', 'password']),
    keyFile: z.string().trim().max(4096),
    /** Passphrase of the key, or password. */
    secret: z.string().max(1024),
  })
  .refine(({ address, wayIn, token }) => !needsToken(address) || wayIn !== 'token' || token !== '', { path: ['token'] })
  .refine((form) => !isByPassword(form) || form.userName !== '', { path: ['userName'] })
  .refine((form) => !isByPassword(form) || form.userPassword !== '', { path: ['userPassword'] })
  .refine((form) => !form.isOverSsh || form.sshServer.trim() !== '', { path: ['sshServer'] })
  .refine((form) => !form.isOverSsh || form.login !== 'password' || form.secret !== '', { path: ['secret'] });
export type NewServerForm = z.infer<typeof newServerForm>;

function isByPassword({ address, wayIn }: { address: string; wayIn: string }): boolean {
  return needsToken(address) && wayIn === 'password';
}

/** `renewed`: a connection that gets new secrets; null for a new one. */
export function firstValues(renewed: ConnectionView | null): NewServerForm {
  const ssh = renewed?.ssh ?? null;
  return {
    name: renewed?.name ?? '',
    address: renewed?.address ?? '',
    wayIn: 'token',
    token: '',
    userName: '',
    userPassword: '',
    isOverSsh: ssh !== null,
    sshServer: ssh ? sshServerText(ssh.server) : '',
    jump: ssh?.jump ? sshServerText(ssh.jump) : '',
    login: ssh?.login ?? 'agent',
    keyFile: ssh?.keyFile ?? '',
    secret: '',
  };
}

/** What the user compared and accepts so far, for the server as it is written now. */
export interface Accepted {
  fingerprint: string | null;
  sshKeys: string[];
}

export function requestOf(form: NewServerForm, { fingerprint, sshKeys }: Accepted): NewServer {
  const { name, address } = form;
  const ssh = form.isOverSsh ? routeOf(form) : null;
  return { name, address, ...secretsOf(form), fingerprint, sshKeys, ssh, color: null };
}

function secretsOf({
  address,
  wayIn,
  token,
  userName,
  userPassword: password,
}: NewServerForm): Pick<NewServer, 'token' | 'wayIn'> {
  // A join link lets in by its code.
  if (!needsToken(address)) return { token: '' };
  switch (wayIn) {
    case 'token':
      return { token };
    case 'password':
      return { token: '', wayIn: { kind: 'password', userName, password } };
    case 'browser':
      return { token: '', wayIn: { kind: 'browser' } };
  }
}

function routeOf({ sshServer: server, jump, login, keyFile, secret }: NewServerForm): SshRoute | null {
  const place = readSshServer(server);
  if (!place) return null;
  const logins = {
    agent: { kind: 'agent' },
    key: { kind: 'key', file: keyFile, passphrase: secret },
    password: { kind: 'password', password: secret },
  } as const;
  return { server: place, jump: readSshServer(jump), login: logins[login] };
}

/** Of a server that can be trusted from now on, if somebody says so; null for any other failure. */
export function fingerprintIn({ code, data }: TtError): string | null {
  if (code !== 'SERVER_NOT_TRUSTED' && code !== 'SSH_SERVER_UNKNOWN') return null;
  const { fingerprint } = data as { fingerprint?: unknown };
  return typeof fingerprint === 'string' ? fingerprint : null;
}

/** With the fingerprint of this failure too. */
export function accepting(error: TtError, before: Accepted): Accepted {
  const fingerprint = fingerprintIn(error);
  if (fingerprint === null) return before;
  return error.code === 'SSH_SERVER_UNKNOWN'
    ? { ...before, sshKeys: [...before.sshKeys, fingerprint] }
    : { ...before, fingerprint };
}
