// Whom claims stand for: linked people, new people, and people who may not come in.
import { createHash } from 'node:crypto';
import { Identities } from '@tt/server';
import { beforeEach, expect, it } from 'vitest';
import { defaultConfig } from '../../config/read-config.ts';
import { type OidcConfig, oidcSchema } from '../../config/oidc-schema.ts';
import type { StateStore } from '../../state/store.ts';
import { peopleDirectory } from '../people-directory.ts';
import { DeviceTokens } from '../device-tokens.ts';
import { Users } from '../users.ts';
import { claimedUser, claimsWanted } from './claimed-user.ts';

const now = () => new Date('2026-11-30T10:00:00Z');
const kim = { name: 'kim', tokenSha256: createHash('sha256').update('x').digest('hex'), role: 'user' as const };
const settings = { current: { ...defaultConfig('/nowhere'), users: [kim] } };
const iss = 'https://login.example';
const ann = { iss, sub: 'subject-of-ann', preferred_username: 'ann', email: 'ann@example.com', email_verified: true };

let users: Users;
let identities: Identities;
beforeEach(() => {
  const table = { list: () => [], put: () => {}, delete: () => {} };
  const store = { users: table, tokens: table } as unknown as StateStore;
  users = new Users(store, now);
  identities = new Identities('own', [kim], peopleDirectory(users, new DeviceTokens(store, now, () => 32)));
});

const configOf = (more: Partial<OidcConfig> = {}): OidcConfig => {
  const config = oidcSchema.parse({ issuer: iss, clientId: 'tt', serverUrl: 'https://tt.example', createUsers: true });
  if (!config) throw new Error('unreachable');
  return { ...config, ...more };
};
const claimed = (claims: Record<string, unknown>, more: Partial<OidcConfig> = {}) => {
  const { name, role } = claimedUser({ users, settings }, identities, configOf(more), { ...ann, ...claims });
  return `${name} ${role}`;
};
const refused = (code: string, data: object) => expect.objectContaining({ code, data: expect.objectContaining(data) });

it('of a new person are a new user, of whom the subject counts and nothing else', () => {
  expect(claimed({}, { role: 'viewer' })).toBe('ann viewer');
  expect(claimed({ preferred_username: 'anna', email: 'anna@example.com' })).toBe('ann viewer');
  expect(() => claimed({ sub: 'another' })).toThrow(refused('OIDC_NAME_TAKEN', { user: 'ann' }));
  expect(() => claimed({ iss: 'https://other.example' })).toThrow(refused('OIDC_NAME_TAKEN', { user: 'ann' }));
  expect(users.list().map(({ name, oidc, createdBy }) => [name, oidc, createdBy])).toEqual([
    ['ann', { issuer: iss, subject: ann.sub }, 'tt'],
  ]);
});

it.each(['kim', 'local', 'tt', 'kim@example.com'])('of a new person called %s are nobody here', (name) => {
  expect(() => claimed({ preferred_username: name })).toThrow(refused('OIDC_NAME_TAKEN', { user: name.split('@')[0] }));
});

it.each(['a b', '../x', '', '@example.com', undefined, 7, ['ann'], 'x'.repeat(64)])('have no name in %j', (name) => {
  expect(() => claimed({ preferred_username: name })).toThrow(
    refused('OIDC_NAME_UNUSABLE', { claim: 'preferred_username' }),
  );
  expect(users.list()).toEqual([]);
});

it.each(['with spaces', 'x'.repeat(256), 'süß', ''])('have no subject in %j', (sub) => {
  expect(() => claimed({ sub })).toThrow(refused('OIDC_CLAIM_REFUSED', { claim: 'sub' }));
});

it('without a link let nobody in who is not to be created', () => {
  expect(() => claimed({}, { createUsers: false })).toThrow(refused('OIDC_USER_UNKNOWN', { subject: ann.sub }));
});

it.each([
  { email: 'ann@example.com.evil.example' },
  { email: 'ann@evil-example.com' },
  { email_verified: false },
  { email_verified: 'true' },
  { email: 'example.com' },
  { email: undefined },
  { email: ['ann@example.com'] },
])('with the address %j are of no domain that may come in', (claims) => {
  expect(() => claimed(claims, { domains: ['example.com'] })).toThrow(
    refused('OIDC_CLAIM_REFUSED', { claim: 'email' }),
  );
});

it('with a verified address of a domain that may come in are let in, however it is written', () => {
  expect(claimed({ email: 'ann@EXAMPLE.com' }, { domains: ['Example.com'] })).toBe('ann user');
});

it('with groups say who may come in, and as what, from login to login', () => {
  const config = { groups: ['staff'], roles: { admin: ['bosses'], user: ['staff'], viewer: ['staff'] } };
  for (const groups of [undefined, [], ['bosses'], [7], 'STAFF']) {
    expect(() => claimed({ groups }, config)).toThrow(refused('OIDC_CLAIM_REFUSED', { claim: 'groups' }));
  }
  expect(claimed({ groups: ['staff', 'bosses'] }, config)).toBe('ann admin');
  expect(claimed({ groups: 'staff' }, config)).toBe('ann user');
  // Without groups in the configuration the role is the administrators' to change.
  expect(claimed({ groups: ['bosses'] })).toBe('ann user');
  const none = { roles: { admin: ['bosses'], user: [], viewer: [] } };
  expect(() => claimed({ groups: ['staff'] }, none)).toThrow(refused('OIDC_CLAIM_REFUSED', { claim: 'groups' }));
});

it('of somebody disabled, or whose name the configuration has, let nobody in', () => {
  claimed({});
  const [record] = users.list();
  if (!record) throw new Error('there is no user');
  const disabled = users.update(record, { disabled: true });
  expect(() => claimed({})).toThrow(refused('OIDC_USER_DISABLED', { user: 'ann' }));
  users.update(disabled, { disabled: false });
  identities.replaceUsers([{ ...kim, name: 'ann' }]);
  expect(() => claimed({})).toThrow(refused('OIDC_USER_DISABLED', { user: 'ann' }));
});

it('are asked for as far as they are looked at', () => {
  expect(claimsWanted(configOf({ createUsers: false }))).toEqual([]);
  const all = { domains: ['example.com'], groupsClaim: 'teams', groups: ['staff'], nameClaim: 'uid' };
  expect(claimsWanted(configOf(all))).toEqual(['email', 'email_verified', 'teams', 'uid']);
  expect(claimsWanted(configOf({ createUsers: false, roles: { admin: [], user: [], viewer: ['x'] } }))).toEqual([
    'groups',
  ]);
});
