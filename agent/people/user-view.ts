// A user as administrators see them: with what they may have, and what they have.
import type { User } from '@tt/protocol';
import { type Accounts, quotaOf, usageOf } from '../operations/capacity/capacity.ts';
import type { Services } from '../operations/services.ts';
import type { Known } from './everybody.ts';

export function userView(services: Accounts & Pick<Services, 'deviceTokens'>, user: Known): User {
  const { name, source } = user;
  return {
    ...user,
    quota: quotaOf(services, name),
    hasOwnQuota: source === 'state' && services.users.find(name)?.quota !== null,
    used: usageOf(services, name),
    tokens: services.deviceTokens.of(name).length,
    hasPassword: source === 'state' && services.users.find(name)?.passwordHash !== undefined,
    oidcSubject: (source === 'state' && services.users.find(name)?.oidc?.subject) || null,
  };
}
