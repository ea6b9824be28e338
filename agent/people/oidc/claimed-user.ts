// Whom the claims of an OpenID provider stand for here: the user who is linked to the subject, or, if that is wanted, a new one. What an
// address or a name says never lets anybody in as somebody who is already here.
import { NAME_RULE, oidcSubject, type Role, TtError } from '@tt/protocol';
import type { Identities } from '@tt/server';
import { AGENT } from '../../access/owners.ts';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import { mustBeFreeName, type PeopleSources } from '../everybody.ts';
import type { UserRecord } from '../user-record.ts';
import type { Claims } from './openid-provider.ts';

/** The highest first. */
const ROLES: readonly Role[] = ['admin', 'user', 'viewer'];

/** The claims that are looked at, beside those that every provider sends. */
export function claimsWanted({ domains, groups, groupsClaim, roles, createUsers, nameClaim }: OidcConfig): string[] {
  const wantsGroups = groups.length > 0 || ROLES.some((role) => roles[role].length > 0);
  return [
    ...(domains.length > 0 ? ['email', 'email_verified'] : []),
    ...(wantsGroups ? [groupsClaim] : []),
    ...(createUsers ? [nameClaim] : []),
  ];
}

/**
 * Links nobody, creates a user if there is none and the configuration says so, and changes the role if groups decide it. Throws
 * OIDC_CLAIM_REFUSED, OIDC_USER_UNKNOWN, OIDC_USER_DISABLED, OIDC_NAME_UNUSABLE, OIDC_NAME_TAKEN, OIDC_ANSWER_INVALID.
 */
export function claimedUser(
  services: PeopleSources,
  identities: Pick<Identities, 'anchorOf'>,
  config: OidcConfig,
  claims: Claims,
): UserRecord {
  const { users } = services;
  const { iss: issuer, sub: subject } = claims;
  const refused = (claim: string) => new TtError('OIDC_CLAIM_REFUSED', { provider: config.name, claim });
  if (!oidcSubject.safeParse(subject).success) throw refused('sub');
  if (!isOfDomain(config, claims)) throw refused('email');
  const groups = listIn(claims[config.groupsClaim]);
  if (config.groups.length > 0 && !config.groups.some((group) => groups.includes(group)))
    throw refused(config.groupsClaim);
  const role = roleByGroups(config, groups);
  if (role === null) throw refused(config.groupsClaim);
  const linked = users.findLinked({ issuer, subject });
  if (!linked) {
    if (!config.createUsers) throw new TtError('OIDC_USER_UNKNOWN', { provider: config.name, subject });
    const name = nameIn(config, claims);
    mustBeFree(services, name);
    const created = { name, role: role ?? config.role, quota: null, createdBy: AGENT.name };
    return users.create({ ...created, oidc: { issuer, subject } });
  }
  // Another anchor: the user is disabled, or the name belongs to somebody in the configuration.
  if (identities.anchorOf(linked.name) !== linked.id) throw new TtError('OIDC_USER_DISABLED', { user: linked.name });
  return role === undefined || role === linked.role ? linked : users.update(linked, { role });
}

/** undefined: groups do not decide it; null: whoever has these may not come in. */
function roleByGroups({ roles }: OidcConfig, groups: readonly string[]): Role | null | undefined {
  if (ROLES.every((role) => roles[role].length === 0)) return undefined;
  return ROLES.find((role) => roles[role].some((group) => groups.includes(group))) ?? null;
}

function isOfDomain({ domains }: OidcConfig, { email, email_verified: isVerified }: Claims): boolean {
  if (domains.length === 0) return true;
  if (typeof email !== 'string' || isVerified !== true) return false;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return email.includes('@') && domains.some((allowed) => allowed.toLowerCase() === domain);
}

/** Some providers send one group as a text. */
function listIn(claim: unknown): string[] {
  const list: unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.filter((item) => typeof item === 'string');
}

/** Nothing is made up: two people must not come to have one name. */
function nameIn({ name: provider, nameClaim: claim }: OidcConfig, claims: Claims): string {
  const named = claims[claim];
  const [name = ''] = typeof named === 'string' ? named.split('@') : [];
  if (!NAME_RULE.test(name)) throw new TtError('OIDC_NAME_UNUSABLE', { provider, claim });
  return name;
}

function mustBeFree(services: PeopleSources, name: string): void {
  try {
    mustBeFreeName(services, name, AGENT.name);
  } catch (error) {
    throw error instanceof TtError && error.code === 'USER_NAME_TAKEN'
      ? new TtError('OIDC_NAME_TAKEN', { user: name })
      : error;
  }
}
