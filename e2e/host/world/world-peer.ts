// One side of the wall between a preload's isolated world and the page's main world: values cross as contextBridge lets
// them, functions and promises become proxies, everything else is a clone. Runs inside pages as its own source text.
import type { Codec } from '../codec.ts';

/** A value as it goes over the wall. */
type Described =
  | { k: 'clone'; text: string }
  | { k: 'function'; id: number }
  | { k: 'promise'; id: number }
  | { k: 'list'; items: Described[] }
  | { k: 'object'; fields: [string, Described][] };

type Outcome = { value: Described } | { error: string };

type WallMessage =
  | { kind: 'hello' }
  | { kind: 'expose'; key: string; value: Described }
  | { kind: 'call'; callId: number; id: number; args: Described[] }
  | { kind: 'reply'; callId: number; outcome: Outcome }
  | { kind: 'settle'; id: number; outcome: Outcome };

export interface WorldPeer {
  /** Gives the other world `window[key]`. */
  expose(key: string, value: unknown): void;
  /** Tells the other world that this one listens now. */
  hello(): void;
}

export interface WorldPeerOptions {
  codec: Codec;
  /** Names of the DOM events that carry messages; nobody else knows them. */
  send: string;
  receive: string;
  onExposed: (key: string, value: unknown) => void;
}

export function createWorldPeer(options: WorldPeerOptions): WorldPeer {
  const { codec } = options;
  const target = document;
  const exposed: { key: string; value: Described }[] = [];
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const replies = new Map<number, Outcome>();
  let lastId = 0;

  // Events are delivered at once, in the middle of dispatchEvent, in both worlds: so calls can return values.
  const send = (message: WallMessage): void => {
    target.dispatchEvent(new CustomEvent(options.send, { detail: JSON.stringify(message) }));
  };

  const describeValue = (value: unknown): Described => {
    if (typeof value === 'function') {
      const id = ++lastId;
      functions.set(id, value as (...args: unknown[]) => unknown);
      return { k: 'function', id };
    }
    if (value instanceof Promise) {
      const id = ++lastId;
      value.then(
        (result) => send({ kind: 'settle', id, outcome: outcomeOf(() => result) }),
        (error: unknown) => send({ kind: 'settle', id, outcome: failed(error) }),
      );
      return { k: 'promise', id };
    }
    if (Array.isArray(value)) return { k: 'list', items: value.map(describeValue) };
    if (typeof value === 'object' && value !== null && isPlain(value)) {
      return { k: 'object', fields: Object.entries(value).map(([name, field]) => [name, describeValue(field)]) };
    }
    return { k: 'clone', text: codec.encode(structuredClone(value)) };
  };

  const revive = (described: Described): unknown => {
    switch (described.k) {
      case 'clone':
        return codec.decode(described.text);
      case 'list':
        return Object.freeze(described.items.map(revive));
      case 'object':
        return Object.freeze(Object.fromEntries(described.fields.map(([name, field]) => [name, revive(field)])));
      case 'promise':
        return new Promise((resolve, reject) => waiting.set(described.id, { resolve, reject }));
      case 'function':
        return Object.freeze((...args: unknown[]) => callOther(described.id, args));
    }
  };

  const callOther = (id: number, args: unknown[]): unknown => {
    const callId = ++lastId;
    send({ kind: 'call', callId, id, args: args.map(describeValue) });
    const outcome = replies.get(callId);
    replies.delete(callId);
    if (!outcome) throw new Error('the other world is gone');
    if ('error' in outcome) throw new Error(outcome.error);
    return revive(outcome.value);
  };

  const outcomeOf = (work: () => unknown): Outcome => {
    try {
      return { value: describeValue(work()) };
    } catch (error) {
      return failed(error);
    }
  };

  const failed = (error: unknown): Outcome => ({ error: error instanceof Error ? error.message : String(error) });

  const isPlain = (value: object): boolean => {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype;
  };

  const settle = (id: number, outcome: Outcome): void => {
    const promise = waiting.get(id);
    waiting.delete(id);
    if ('error' in outcome) promise?.reject(new Error(outcome.error));
    else promise?.resolve(revive(outcome.value));
  };

  target.addEventListener(options.receive, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail) as WallMessage;
    if (message.kind === 'hello') for (const { key, value } of exposed) send({ kind: 'expose', key, value });
    else if (message.kind === 'expose') options.onExposed(message.key, revive(message.value));
    else if (message.kind === 'reply') replies.set(message.callId, message.outcome);
    else if (message.kind === 'settle') settle(message.id, message.outcome);
    else {
      const call = functions.get(message.id);
      const outcome = outcomeOf(() => call?.(...message.args.map(revive)));
      send({ kind: 'reply', callId: message.callId, outcome });
    }
  });

  return {
    expose(key, value) {
      const described = describeValue(value);
      exposed.push({ key, value: described });
      send({ kind: 'expose', key, value: described });
    },
    hello: () => send({ kind: 'hello' }),
  };
}
