// A user as the state keeps them.
import type { Quota, Role } from '@tt/protocol';

/** Somebody at an OpenID provider: only both together mean one person, and always the same. */
export interface OidcSubject {
  issuer: string;
  subject: string;
}

export interface UserRecord {
  /** UUID: the anchor of all that lets this user in. Never that of an earlier user of the same name. */
  id: string;
  name: string;
  role: Role;
  /** null: that of the configuration. */
  quota: Quota | null;
  /** ISO 8601. */
  createdAt: string;
  createdBy: string;
  /** ISO 8601; null: the user may come in. */
  disabledAt: string | null;
  /** Whom an OpenID provider knows as this may come in as the user; absent: nobody. Never an address: those change hands. */
  oidc?: OidcSubject;
  /** See `hashPassword`; absent: the user has none. */
  passwordHash?: string;
}
