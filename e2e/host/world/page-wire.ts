// What the preload's world of a page and the main process say to each other, through the test that owns the browser.

/** Page -> main. `args` and `data` are already cloned once on the page's side. */
export type PageMessage =
  /** A new document: what the one before had open is gone. Comes before anything the preload sends. */
  | { type: 'ready' }
  | { type: 'preload-error'; message: string }
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'invoke'; callId: number; channel: string; args: unknown[] }
  | { type: 'port.message'; portId: number; data: unknown }
  | { type: 'port.close'; portId: number }
  /** Not for main: where a file of the page is on this computer. */
  | { type: 'file.met'; fileId: number };

/** Main -> page. Each port id stands for a port that the page gets with the message. */
export type ToPage =
  | { type: 'event'; channel: string; args: unknown[]; portIds: number[] }
  | { type: 'invoke.result'; callId: number; value?: unknown; error?: string }
  | { type: 'port.message'; portId: number; data: unknown }
  | { type: 'port.close'; portId: number }
  /** From the test host. An empty path: the page made it itself. */
  | { type: 'file.path'; fileId: number; path: string };
