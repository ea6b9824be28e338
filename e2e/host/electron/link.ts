// The main process's end of the wire to the test: sending, and asking things that are answered.
import type { FromMain, ToMain } from '../wire.ts';

export function send(message: FromMain): void {
  if (!process.connected) return;
  process.send?.(message);
}

/** Something in the app that no real Electron would let pass; the test fails for it. */
export function fault(message: string): Error {
  send({ type: 'fault', message });
  return new Error(message);
}

const handlers: ((message: ToMain) => void)[] = [];

export function onMessage(handler: (message: ToMain) => void): void {
  handlers.push(handler);
}

process.on('message', (message) => {
  for (const handler of handlers) handler(message as ToMain);
});
// Without its test the app has no reason to live.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (error) => send({ type: 'fault', message: `unhandled rejection: ${String(error)}` }));

/** What structured clone makes of a value; throws as Electron does when it can not be cloned. */
export function crossing<Value>(value: Value): Value {
  return structuredClone(value);
}
