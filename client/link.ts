// The typed client over any oRPC link: every rejection is a TtError, in calls and within a feed.
import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client';
import { type TtClient, TtError } from '@tt/protocol';
import { toTtError } from './errors.ts';

/** Makes the typed client. `describe` names the far end in AGENT_GONE and AGENT_UNREACHABLE. */
export function clientOver(link: ClientLink<ClientContext>): TtClient {
  return createORPCClient(withTtErrors(link));
}

/** Wraps a link so that calls, and the event iterators they give, reject with TtError only. */
export function withTtErrors(link: ClientLink<ClientContext>): ClientLink<ClientContext> {
  return {
    async call(path, input, options) {
      const name = path.join('.');
      const gone = (cause: unknown) => () => {
        if (options.signal?.aborted) return new TtError('OPERATION_CANCELLED', { operation: name }, { cause });
        return new TtError('AGENT_GONE', { call: name }, { cause });
      };
      try {
        const output = await link.call(path, input, options);
        return isAsyncIterator(output) ? guardIterator(output, (error) => toTtError(error, gone(error))) : output;
      } catch (error) {
        throw toTtError(error, gone(error));
      }
    },
  };
}

function isAsyncIterator(value: unknown): value is AsyncIteratorObject<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

async function* guardIterator(
  inner: AsyncIteratorObject<unknown>,
  convert: (error: unknown) => TtError,
): AsyncGenerator {
  try {
    yield* inner;
  } catch (error) {
    throw convert(error);
  }
}
