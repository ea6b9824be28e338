// What both doors do with every call: its failure in the one form clients know, and its name, result and time for whoever counts.
import { atBorder } from '@tt/client';
import type { BorderContext, Door } from './call-context.ts';

interface Call<Output> {
  context: BorderContext;
  /** `['env', 'create']` */
  path: readonly string[];
  next(): Promise<Output>;
}

/** An oRPC client interceptor. A feed counts as ended when its first answer is there. */
export function answering<Context extends BorderContext>(
  door: Pick<Door<Context>, 'onInternal' | 'onCall'>,
): <Output>(call: Call<Output>) => Promise<Output> {
  return async (call) => {
    const begun = performance.now();
    const tell = (result: string) => door.onCall?.(call.path.join('.'), result, performance.now() - begun);
    try {
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
