// Logins of the agent's users through the proxy: the agent decides, and its audit trail says from where they came. It sees the proxy's
// address alone, so what is counted by address is counted here.
import { implement } from '@orpc/server';
import { contract, type TtClient, TtError } from '@tt/protocol';
import { type BorderContext, Guesses } from '@tt/server';

/** Wrong passwords from one address. */
const PASSWORD_GUESSES = { windowMs: 15 * 60_000, most: 100 };
/** Logins that one address begins at the OpenID provider; as many as an agent lets be under way. */
const BEGUN_LOGINS = { windowMs: 10 * 60_000, most: 200 };

const api = implement(contract).$context<BorderContext>();

/** `asked` says who asks, for the audit trail. */
export function relayedLogins(
  agent: Pick<TtClient, 'session' | 'token'>,
  asked: (context: BorderContext) => { context: { askedBy: string } },
) {
  const now = () => new Date();
  const guesses = new Guesses({ now, ...PASSWORD_GUESSES });
  const begun = new Guesses({ now, ...BEGUN_LOGINS });

  async function unlessGuessed<Answer>(address: string | null, login: () => Promise<Answer>): Promise<Answer> {
    const retryAfterS = address === null ? null : guesses.waitS(address);
    if (retryAfterS !== null) throw new TtError('PASSWORD_TOO_OFTEN', { retryAfterS });
    try {
      return await login();
    } catch (error) {
      const isWrong = error instanceof TtError && error.code === 'PASSWORD_WRONG';
      if (isWrong && address !== null) guesses.add(address);
      throw error;
    }
  }

  return {
    session: {
      login: api.session.login.handler(({ input, context }) =>
        unlessGuessed(context.peerAddress, () => agent.session.login(input, asked(context))),
      ),
      ways: api.session.ways.handler(({ context }) => agent.session.ways(undefined, asked(context))),
      beginOidc: api.session.beginOidc.handler(({ input, context }) => {
        const { peerAddress: address } = context;
        const retryAfterS = address === null ? null : begun.waitS(address);
        if (retryAfterS !== null) throw new TtError('LOGIN_TOO_MANY', { retryAfterS });
        if (address !== null) begun.add(address);
        return agent.session.beginOidc(input, asked(context));
      }),
      finishOidc: api.session.finishOidc.handler(({ input, context }) =>
        agent.session.finishOidc(input, asked(context)),
      ),
    },
    token: {
      login: api.token.login.handler(({ input, context }) =>
        unlessGuessed(context.peerAddress, () => agent.token.login(input, asked(context))),
      ),
    },
  };
}
