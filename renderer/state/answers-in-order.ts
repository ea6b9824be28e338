// A bridge whose answers come after the events that came before them: an ENV that was just made is known when its call has answered.
import { clientOver } from '@tt/client';
import type { Bridge } from '../bridge.ts';
import { callAt } from '../call-at.ts';

/** `before` is called for each answer and each refusal, before its caller goes on. */
export function answersInOrder(bridge: Bridge, before: () => void): Bridge {
  return {
    kind: bridge.kind,
    client: clientOver({
      async call(path, input, options) {
        try {
          return await callAt(bridge.client, path)(input, options.signal ? { signal: options.signal } : {});
        } finally {
          before();
        }
      },
    }),
    openStream: (ticket) => bridge.openStream(ticket),
    openPacedStream: (ticket) => bridge.openPacedStream(ticket),
    putRest: bridge.putRest,
    openWindow: (hash) => bridge.openWindow(hash),
    login: bridge.login,
  };
}
