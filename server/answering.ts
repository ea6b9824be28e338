// What REST and RPC do with every matched call: check whether its caller is allowed to make it, turn failures into the common
// form, and record its name, result and duration.
import { atBorder } from '@tt/client';
import { openCalls } from '@tt/protocol';
import type { BorderContext, Endpoint } from './call-context.ts';
import { mustBeSomebody } from './identities.ts';

interface Call<Output> {
  context: BorderContext;
  /** `['env', 'create']`: where the call stands in the contract, however its URL was written. */
  path: readonly string[];
  next(): Promise<Output>;
}

/** An oRPC client interceptor. A feed counts as ended when its first answer is there. */
export function answering<Context extends BorderContext>(
  endpoint: Pick<Endpoint<Context>, 'onInternal' | 'onCall'>,
): <Output>(call: Call<Output>) => Promise<Output> {
  return async (call) => {
    const begun = performance.now();
    const name = call.path.join('.');
    const tell = (result: string) => endpoint.onCall?.(name, result, performance.now() - begun);
    try {
      if (!openCalls.has(name)) mustBeSomebody(call.context.caller);
      const output = await call.next();
      tell('ok');
      return output;
    } catch (error) {
      const known = atBorder(error, { requestId: call.context.requestId, onInternal: endpoint.onInternal });
      tell(known.code);
      throw known;
    }
  };
}
