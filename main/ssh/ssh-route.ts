// The way to an agent that listens at a loopback address or unix socket of another computer: an ssh server there, and perhaps one before
// it. Pure.
import { z } from 'zod';

/** One with user and port is taken as it is; for others ~/.ssh/config is asked first. */
export const sshServerSchema = z.strictObject({
  /** Empty: as ~/.ssh/config says, else the user of this computer. */
  user: z
    .string()
    .max(64)
    .regex(/^[^\s@:/]*$/),
  /** Name, address, or what ~/.ssh/config calls it. */
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[\w.:-]+$/),
  /** 0: as ~/.ssh/config says, else 22. */
  port: z.number().int().min(0).max(65_535),
});
export type SshServer = z.infer<typeof sshServerSchema>;

const loginSchema = z.discriminatedUnion('kind', [
  /** By the keys of the ssh agent of this computer. */
  z.strictObject({ kind: z.literal('agent') }),
  /** By a key in OpenSSH's form; an empty passphrase for one that is not encrypted. Empty file: as ~/.ssh/config says. */
  z.strictObject({ kind: z.literal('key'), file: z.string().max(4096), passphrase: z.string().max(1024) }),
  z.strictObject({ kind: z.literal('password'), password: z.string().min(1).max(1024) }),
]);
export type SshLogin = z.infer<typeof loginSchema>;

export const sshRouteSchema = z.strictObject({
  server: sshServerSchema,
  /** Reached first, by the same login; null: none. */
  jump: sshServerSchema.nullable(),
  login: loginSchema,
});
export type SshRoute = z.infer<typeof sshRouteSchema>;

/** For messages. */
export function serverText({ host, port }: Pick<SshServer, 'host' | 'port'>): string {
  return port === 22 || port === 0 ? host : `${host}:${port}`;
}
