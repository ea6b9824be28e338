// Calls about the tokens of devices: everybody manages their own, administrators those of all.
import { type TokenView, TtError } from '@tt/protocol';
import type { Caller } from '@tt/server';
import { mustBeAdmin } from '../operations/caller.ts';
import type { TokenRequest } from '../people/device-tokens.ts';
import { callerByPassword } from '../people/password-caller.ts';
import type { TokenRecord } from '../people/token-record.ts';
import { userCalled } from '../people/everybody.ts';
import { api, type CallContext, type KnownCallContext, openApi } from './context.ts';

export const tokenApi = {
  list: api.token.list.handler(({ context }) => ({
    tokens: visibleTo(context).map((record) => viewOf(record, context.caller.tokenId)),
  })),
  create: api.token.create.handler(({ input: { name, userName, lifetimeS = null }, context }) => {
    const { services, caller } = context;
    const owner = userName ?? caller.name;
    if (owner !== caller.name) mustBeAdmin(caller, 'manageUsers');
    userCalled(services, owner);
    return createToken(context, { name, userName: owner, createdBy: caller.name, lifetimeS });
  }),
  redeem: openApi.token.redeem.handler(({ input, context }) => {
    context.services.oidc.mustNotHaveFailed(input);
    const { code, verifier = null } = input;
    return tokenOfDevice(context, context.logins.redeem(code, context.peerAddress, verifier), input.name);
  }),
  login: openApi.token.login.handler(async ({ input, context }) =>
    tokenOfDevice(context, (await callerByPassword(context, input)).caller, input.name),
  ),
  revoke: api.token.revoke.handler(({ input: { tokenId }, context }) => {
    const found = visibleTo(context).find(({ id }) => id === tokenId);
    if (!found) throw new TtError('TOKEN_NOT_FOUND', { tokenId });
    context.services.deviceTokens.revoke([found]);
    return { tokenId };
  }),
};

function tokenOfDevice(
  context: CallContext,
  { name: userName }: Caller,
  device: string,
): { secret: string; token: TokenView } {
  const name = context.services.deviceTokens.freeName(userName, device);
  return createToken(context, { name, userName, createdBy: userName, lifetimeS: null });
}

function createToken(
  { services: { deviceTokens }, identities }: Pick<CallContext, 'services' | 'identities'>,
  request: Omit<TokenRequest, 'anchor'>,
): { secret: string; token: TokenView } {
  const anchor = identities.anchorOf(request.userName);
  // Disabled, or gone in this moment.
  if (anchor === null) throw new TtError('USER_NOT_FOUND', { user: request.userName, suggestions: [] });
  // Those of an earlier user of this name let nobody in, and must not count.
  deviceTokens.revoke(deviceTokens.of(request.userName).filter((token) => token.anchor !== anchor));
  const { secret, record } = deviceTokens.create({ ...request, anchor });
  return { secret, token: viewOf(record, undefined) };
}

/** An administrator sees all; those that let nobody in any more are not shown to anybody. */
function visibleTo({ services: { deviceTokens }, identities, caller }: KnownCallContext): TokenRecord[] {
  const all = caller.role === 'admin' ? deviceTokens.list() : deviceTokens.of(caller.name);
  return all.filter(({ anchor, userName }) => anchor === identities.anchorOf(userName));
}

function viewOf(
  { secretSha256: _hash, anchor: _anchor, ...shown }: TokenRecord,
  current: string | undefined,
): TokenView {
  return { ...shown, isThis: shown.id === current };
}
