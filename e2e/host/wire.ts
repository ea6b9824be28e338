// What the desktop's main process (under Node, with e2e/host/electron in place of Electron) and the test that owns the
// browser say to each other, over the process channel. Values are structured clones.
import type { PageMessage, ToPage } from './world/page-wire.ts';

/** Main -> test. */
export type FromMain =
  | { type: 'window.create'; windowId: number; preload: string; title: string; show: boolean }
  | { type: 'window.load'; windowId: number; callId: number; url: string }
  | { type: 'window.close'; windowId: number }
  | { type: 'window.zoom'; windowId: number; factor: number }
  /** `labels`: of its menu, those of a submenu behind that of their entry. */
  | { type: 'tray'; tooltip: string; labels: readonly string[] }
  | { type: 'notification'; id: number; title: string; body: string; actions: readonly string[] }
  | { type: 'page.deliver'; windowId: number; message: ToPage }
  | { type: 'answer'; callId: number; value?: unknown; error?: string }
  | { type: 'opened-outside'; url: string }
  | { type: 'fault'; message: string }
  | { type: 'quit' };

/** Test -> main. Those with a callId are answered with `answer`. */
export type ToMain =
  | { type: 'window.loaded'; callId: number; error?: string }
  | { type: 'window.url'; windowId: number; url: string }
  | { type: 'window.closed'; windowId: number }
  | { type: 'page.message'; windowId: number; senderUrl: string; message: PageMessage }
  | { type: 'ask'; callId: number; question: Question };

export type Question =
  /** protocol.handle: a request for a file. The answer is a ServedResponse. */
  | { kind: 'protocol'; url: string; method: string; headers: Record<string, string> }
  /** will-navigate: the answer is whether it may. */
  | { kind: 'navigate'; windowId: number; url: string }
  /** setWindowOpenHandler: the answer is the action. */
  | { kind: 'open'; windowId: number; url: string }
  /** Session permissions, each through the request and the check handler. The answer is those that are granted. */
  | { kind: 'permissions'; windowId: number; url: string; permissions: readonly string[] }
  /** Runs a function's text with the electron module, as ElectronApplication.evaluate does. */
  | { kind: 'evaluate'; code: string; argument: unknown }
  /** Another start of the same app. */
  | { kind: 'second-instance'; argv: readonly string[] }
  /** The system hands over a link, as macOS does. */
  | { kind: 'open-url'; url: string }
  /** Somebody chooses an entry of the tray's menu. */
  | { kind: 'tray'; labels: string }
  | { kind: 'notification'; id: number; button: boolean }
  | { kind: 'quit' };

export interface ServedResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}
