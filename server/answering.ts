// What REST and RPC do with every matched call: check whether its caller is allowed to make it, turn failures into the common
// form, and record its name, result and duration.
import { atBorder } from '@tt/client';
import { openCalls } from '@tt/protocol';
import type { CallLimits } from './call-limits.ts';
import type { BorderContext, Endpoint } from './call-context.ts';
import { mustMayCall } from './identities.ts';

interface Call<Output> {
  context: BorderContext;
  /** `['env', 'create']`: the position of the call in the contract, however its URL was written. */
  path: readonly string[];
  /** As it came. */
  input: unknown;
  next(): Promise<Output>;
}

/** The call that answers with a feed. */
const FEED = 'event.follow';

/** An oRPC client interceptor. A feed counts as ended after its first answer, except for the limit of its socket. */
export function answering<Context extends BorderContext>(
  endpoint: Pick<Endpoint<Context>, 'onInternal' | 'onCall' | 'witness'>,
  limits: CallLimits,
): <Output>(call: Call<Output>) => Promise<Output> {
  return (call) => {
    const name = call.path.join('.');
    const { input, context } = call;
    const { witness } = endpoint;
    return witness ? witness({ name, input, context }, () => answer(name, call)) : answer(name, call);
  };

  async function answer<Output>(name: string, call: Call<Output>): Promise<Output> {
    const begun = performance.now();
    const tell = (result: string) => endpoint.onCall?.(name, result, performance.now() - begun);
    let leave = () => {};
    try {
      if (!openCalls.has(name)) mustMayCall(call.context.caller, name);
      const { caller, peerAddress, socket } = call.context;
      leave = limits.enterCall(caller, peerAddress);
      if (name === FEED && socket) return (await feedOf(call, limits.enterFeed(caller, socket), tell)) as never;
      const output = await call.next();
      tell('ok');
      return output;
    } catch (error) {
      const known = atBorder(error, { requestId: call.context.requestId, onInternal: endpoint.onInternal });
      tell(known.code);
      throw known;
    } finally {
      leave();
    }
  }
}

/** The feed, which counts for its socket until it ends. */
async function feedOf<Output>(call: Call<Output>, leave: () => void, tell: (result: string) => void): Promise<unknown> {
  try {
    const feed = (await call.next()) as AsyncIterable<unknown>;
    tell('ok');
    return passedOn(feed, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

async function* passedOn(feed: AsyncIterable<unknown>, leave: () => void): AsyncGenerator {
  try {
    yield* feed;
  } finally {
    leave();
  }
}
