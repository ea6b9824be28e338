// What both doors do with every call once it is matched: whether its caller may make it, its failure in the one form clients
// know, and its name, result and time for whoever counts.
import { atBorder } from '@tt/client';
import { openCalls } from '@tt/protocol';
import type { BorderContext, Door } from './call-context.ts';
import { mustBeSomebody } from './identities.ts';

interface Call<Output> {
  context: BorderContext;
  /** `['env', 'create']`: where the call stands in the contract, however its URL was written. */
  path: readonly string[];
  next(): Promise<Output>;
}

/** An oRPC client interceptor. A feed counts as ended when its first answer is there. */
export function answering<Context extends BorderContext>(
  door: Pick<Door<Context>, 'onInternal' | 'onCall'>,
): <Output>(call: Call<Output>) => Promise<Output> {
  return async (call) => {
    const begun = performance.now();
    const name = call.path.join('.');
    const tell = (result: string) => door.onCall?.(name, result, performance.now() - begun);
    try {
      if (!openCalls.has(name)) mustBeSomebody(call.context.caller);
      const output = await call.next();
      tell('ok');
      return output;
    } catch (error) {
      const known = atBorder(error, { requestId: call.context.requestId, onInternal: door.onInternal });
      tell(known.code);
      throw known;
    }
  };
}
