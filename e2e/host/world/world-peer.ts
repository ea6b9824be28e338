// One side of the wall between a preload's isolated world and the page's main world: values cross as contextBridge lets
// them, functions and promises become proxies, everything else is a clone. Runs inside pages as its own source text.
import type { Codec } from '../codec.ts';

/** A value as it goes over the wall. */
type Described =
  | { k: 'clone'; text: string }
  /** One of the files that go with the message. */
  | { k: 'file'; index: number }
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
  /** Called with the files of a call before it is made. */
  meetFiles: (files: readonly File[]) => Promise<void>;
}

/** What goes over the wall at once: text, and files, which have none. */
interface Carried {
  text: string;
  files: readonly File[];
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
  const send = (message: WallMessage, files: readonly File[] = []): void => {
    const detail: Carried = { text: JSON.stringify(message), files };
    target.dispatchEvent(new CustomEvent(options.send, { detail }));
  };

  /** `files`: those in the value are put there; without, the value can hold none. */
  const describeValue = (value: unknown, files?: File[]): Described => {
    if (value instanceof File) {
      if (!files) throw new Error('a file from the preload is not modelled by the test host');
      return { k: 'file', index: files.push(value) - 1 };
    }
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
    if (Array.isArray(value)) return { k: 'list', items: value.map((item) => describeValue(item, files)) };
    if (typeof value === 'object' && value !== null && isPlain(value)) {
      return { k: 'object', fields: Object.entries(value).map(([name, field]) => [name, describeValue(field, files)]) };
    }
    return { k: 'clone', text: codec.encode(structuredClone(value)) };
  };

  const revive = (described: Described, files: readonly File[] = []): unknown => {
    const again = (inner: Described): unknown => revive(inner, files);
    switch (described.k) {
      case 'clone':
        return codec.decode(described.text);
      case 'file':
        return files[described.index];
      case 'list':
        return Object.freeze(described.items.map(again));
      case 'object':
        return Object.freeze(Object.fromEntries(described.fields.map(([name, field]) => [name, again(field)])));
      case 'promise':
        return new Promise((resolve, reject) => waiting.set(described.id, { resolve, reject }));
      case 'function':
        return Object.freeze((...args: unknown[]) => callOther(described.id, args));
    }
  };

  const callOther = (id: number, args: unknown[]): unknown => {
    const callId = ++lastId;
    const files: File[] = [];
    const described = args.map((arg) => describeValue(arg, files));
    send({ kind: 'call', callId, id, args: described }, files);
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

  /** Electron knows at once where a file is; here that is asked first, which only a function that answers later does not notice. */
  const runWithFiles = async (files: readonly File[], run: () => unknown): Promise<unknown> => {
    await options.meetFiles(files);
    const answer = run();
    if (answer instanceof Promise) return answer;
    throw new Error('a function that takes a file and answers at once is not modelled by the test host');
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
    const { text, files } = (event as CustomEvent<Carried>).detail;
    const message = JSON.parse(text) as WallMessage;
    if (message.kind === 'hello') for (const { key, value } of exposed) send({ kind: 'expose', key, value });
    else if (message.kind === 'expose') options.onExposed(message.key, revive(message.value));
    else if (message.kind === 'reply') replies.set(message.callId, message.outcome);
    else if (message.kind === 'settle') settle(message.id, message.outcome);
    else {
      const call = functions.get(message.id);
      const run = () => call?.(...message.args.map((arg) => revive(arg, files)));
      const outcome = outcomeOf(() => (files.length === 0 ? run() : runWithFiles(files, run)));
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
