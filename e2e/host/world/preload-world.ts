// What a sandboxed preload finds in its isolated world: require('electron') with contextBridge and ipcRenderer, and
// nothing else. The far end is the main process, through a CDP binding. Runs inside pages as its own source text.
import type { createCodec } from '../codec.ts';
import type { PageMessage, ToPage } from './page-wire.ts';
import type { WorldNames } from './page-world.ts';
import type { createWorldPeer } from './world-peer.ts';

export type Preload = (
  require: (name: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  process: unknown,
) => void;

type Listener = (event: { ports: readonly MessagePort[] }, ...args: unknown[]) => void;

interface PreloadGlobals {
  /** The CDP binding; only this world has it. */
  ttHostSend: (text: string) => void;
  /** Called by CDP. */
  ttHostDeliver: (text: string) => void;
  /** Files of the page, by number, until their paths are known. */
  ttHostFiles: Map<number, File>;
}

export function runPreloadWorld(
  names: WorldNames,
  parts: { createCodec: typeof createCodec; createWorldPeer: typeof createWorldPeer },
  preload: Preload,
): void {
  if (window !== window.top) return;
  const globals = globalThis as unknown as PreloadGlobals;
  const codec = parts.createCodec();
  const toMain = globals.ttHostSend;
  const send = (message: PageMessage): void => toMain(codec.encode(message));
  const clone = <Value>(value: Value): Value => structuredClone(value);

  const listeners = new Map<string, Listener[]>();
  const calls = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void; channel: string }
  >();
  const ports = new Map<number, MessagePort>();
  let lastCall = 0;

  const strict = (name: string, target: object): object =>
    new Proxy(target, {
      get(object, property) {
        if (typeof property === 'string' && !(property in object) && property !== 'then') {
          throw new Error(`electron ${name}.${property} is not modelled by the test host (e2e/host)`);
        }
        return Reflect.get(object, property);
      },
    });

  const remove = (channel: string, listener: Listener): void => {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter((known) => known !== listener),
    );
  };
  const ipcRenderer = strict('ipcRenderer', {
    send: (channel: string, ...args: unknown[]) => send({ type: 'send', channel, args: clone(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const callId = ++lastCall;
        calls.set(callId, { resolve, reject, channel });
        send({ type: 'invoke', callId, channel, args: clone(args) });
      }),
    on: (channel: string, listener: Listener) =>
      void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    off: remove,
    removeListener: remove,
  });

  globals.ttHostFiles = new Map();
  const paths = new WeakMap<File, string>();
  const meeting = new Map<number, () => void>();
  let lastFile = 0;

  const meet = (file: File): Promise<void> =>
    new Promise((resolve) => {
      const fileId = ++lastFile;
      globals.ttHostFiles.set(fileId, file);
      meeting.set(fileId, resolve);
      send({ type: 'file.met', fileId });
    });

  const met = ({ fileId, path }: Extract<ToPage, { type: 'file.path' }>): void => {
    const file = globals.ttHostFiles.get(fileId);
    if (file) paths.set(file, path);
    globals.ttHostFiles.delete(fileId);
    meeting.get(fileId)?.();
    meeting.delete(fileId);
  };

  const webUtils = strict('webUtils', {
    getPathForFile(file: File): string {
      const path = paths.get(file);
      if (path === undefined)
        throw new Error('a file that did not come from the page is not modelled by the test host');
      return path;
    },
  });

  const peer = parts.createWorldPeer({
    codec,
    send: names.toPage,
    receive: names.toPreload,
    onExposed: () => {},
    async meetFiles(files) {
      await Promise.all(files.map(meet));
    },
  });
  const contextBridge = strict('contextBridge', {
    exposeInMainWorld: (key: string, api: unknown) => peer.expose(key, api),
  });

  // A real port for the page; this world keeps the near end and passes everything on to main.
  const makePort = (portId: number): MessagePort => {
    const { port1: near, port2: far } = new MessageChannel();
    ports.set(portId, near);
    near.addEventListener('message', (event) => {
      if (event.ports.length > 0) throw new Error('ports inside port messages are not modelled by the test host');
      send({ type: 'port.message', portId, data: event.data });
    });
    near.addEventListener('close', () => {
      if (ports.delete(portId)) send({ type: 'port.close', portId });
    });
    near.start();
    return far;
  };

  const finishCall = (message: Extract<ToPage, { type: 'invoke.result' }>): void => {
    const call = calls.get(message.callId);
    calls.delete(message.callId);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.error}`));
  };

  globals.ttHostDeliver = (text) => {
    const message = codec.decode(text) as ToPage;
    if (message.type === 'invoke.result') finishCall(message);
    else if (message.type === 'file.path') met(message);
    else if (message.type === 'port.message') ports.get(message.portId)?.postMessage(message.data);
    else if (message.type === 'port.close') {
      const port = ports.get(message.portId);
      ports.delete(message.portId);
      port?.close();
    } else {
      const event = { ports: message.portIds.map(makePort) };
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args);
    }
  };

  const require = (name: string): unknown => {
    if (name === 'electron') return strict('', { contextBridge, ipcRenderer, webUtils });
    throw new Error(`module not found: ${name} (a sandboxed preload has only electron)`);
  };
  const module = { exports: {} };
  send({ type: 'ready' });
  try {
    preload(require, module, module.exports, strict('process (in a preload)', {}));
  } catch (error) {
    send({ type: 'preload-error', message: String(error) });
  }
}
