// Calls about users. All of them are for administrators, but for one’s own password.
import { TtError } from '@tt/protocol';
import { AGENT } from '../access/owners.ts';
import { mustBeAdmin } from '../operations/caller.ts';
import { everybody, mustBeFreeName, userCalled, userToChange } from '../people/everybody.ts';
import { userView } from '../people/user-view.ts';
import { belongingsOf, countOf, handOver, mustBeIdle } from '../people/hand-over.ts';
import type { OidcSubject } from '../people/user-record.ts';
import type { Services } from '../operations/services.ts';
import { api, type KnownCallContext } from './context.ts';

const manage = ({ caller }: KnownCallContext) => mustBeAdmin(caller, 'manageUsers');

export const userApi = {
  list: api.user.list.handler(({ context }) => {
    manage(context);
    const { services } = context;
    return { users: everybody(services).map((user) => userView(services, user)) };
  }),
  create: api.user.create.handler(({ input: { name, role, quota, oidcSubject }, context }) => {
    manage(context);
    const { services, caller } = context;
    mustBeFreeName(services, name, AGENT.name);
    const oidc = oidcSubject === undefined ? null : subjectHere(services, oidcSubject);
    if (oidc) services.users.mustBeFree(oidc, name);
    // What was given to somebody of that name, in the file of that time, is not theirs.
    services.teams.forget(name);
    services.users.create({ name, role, quota, createdBy: caller.name, ...(oidc && { oidc }) });
    return userView(services, userCalled(services, name));
  }),
  update: api.user.update.handler(({ input: { name, role, quota, disabled }, context }) => {
    manage(context);
    const { services } = context;
    services.users.update(userToChange(services, name), { role, quota, disabled });
    return userView(services, userCalled(services, name));
  }),
  delete: api.user.delete.handler(async ({ input: { name, giveTo }, context }) => {
    manage(context);
    const { services } = context;
    const record = userToChange(services, name);
    const remove = () => {
      // In this order: if the disk is full, the user is still there to be deleted again.
      services.deviceTokens.revoke(services.deviceTokens.of(name));
      services.users.delete(record);
      services.teams.forget(name);
    };
    let given = 0;
    if (giveTo === undefined || giveTo === name) {
      mustOwnNothing(context, name);
      remove();
    } else {
      userCalled(services, giveTo);
      given = await handOver(services, { from: name, to: giveTo, afterwards: remove });
    }
    // Nothing refers to what they were sending; a later user of this name must not find it.
    for (const { id } of services.transfers.list({ name, role: 'user' })) await services.transfers.drop(id, AGENT);
    return { name, given };
  }),
  setPassword: api.user.setPassword.handler(async ({ input: { name, password, currentPassword }, context }) => {
    const { services, caller, logins, peerAddress: address } = context;
    const isOwn = name === caller.name;
    if (!isOwn) manage(context);
    const { id, passwordHash } = userToChange(services, name);
    if (isOwn && passwordHash !== undefined) {
      // Whoever finds a window open must not get in for good.
      await services.passwords.check({ userName: name, password: currentPassword ?? '', address }, passwordHash);
    }
    const hash = password === null ? null : await services.passwords.hash(password);
    const record = userToChange(services, name);
    if (record.id !== id) throw new TtError('USER_NOT_FOUND', { user: name, suggestions: [] });
    services.users.setPassword(record, hash);
    const sessions = logins.sessions.list({ name, role: 'user' }).filter((session) => session.id !== context.sessionId);
    logins.sessions.end(new Set(sessions.map((session) => session.id)));
    return { name, hasPassword: hash !== null };
  }),
  linkOidc: api.user.linkOidc.handler(({ input: { name, subject }, context }) => {
    manage(context);
    const { services } = context;
    const record = userToChange(services, name);
    services.users.link(record, subject === null ? null : subjectHere(services, subject));
    return userView(services, userCalled(services, name));
  }),
  invite: api.user.invite.handler(({ input: { name }, context }) => {
    manage(context);
    userCalled(context.services, name);
    const invitation = context.logins.inviteOther(name);
    if (!invitation) throw new TtError('USER_NOT_FOUND', { user: name, suggestions: [] });
    return { code: invitation.code, expiresAt: invitation.expiresAt.toISOString() };
  }),
};

/** The subject at the provider of now. Throws OIDC_NOT_CONFIGURED. */
function subjectHere({ oidc: { config } }: Pick<Services, 'oidc'>, subject: string): OidcSubject {
  if (!config) throw new TtError('OIDC_NOT_CONFIGURED', {});
  return { issuer: config.issuer, subject };
}

/** Throws USER_OWNS_THINGS or USER_BUSY. */
function mustOwnNothing({ services }: KnownCallContext, user: string): void {
  const belongings = belongingsOf(services, user);
  mustBeIdle(services, user, belongings);
  if (countOf(belongings) === 0) return;
  const { envs, labs, profiles, templates, images } = belongings;
  throw new TtError('USER_OWNS_THINGS', {
    user,
    envs: envs.length,
    labs: labs.length,
    profiles: profiles.length,
    templates: templates.length,
    images: images.length,
  });
}
