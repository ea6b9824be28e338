// Streams are raw bytes (VNC, serial, files, shells, ports) beside the calls, opened by a one-time ticket that is never part of a URL.
// Protocol: a WebSocket at STREAM_PATH; the first text frame from the client is a StreamHello, the first from the server a
// StreamReady; after that, binary frames in both directions are the bytes, unparsed. Text frames are what the client has dealt with,
// if its hello announced them.
import { z } from 'zod';

export const STREAM_PATH = '/api/streams';
/** The RPC WebSocket: the same calls as REST, plus `event.follow`. */
export const RPC_PATH = '/api/rpc';
/** The prefix of calls over plain HTTP. */
export const API_PREFIX = '/api';

/** Where the bytes of an upload can be put as the body of one request, in place of a stream (`PUT`, with the headers below). */
export const uploadPath = (transferId: string): string => `${API_PREFIX}/transfers/${transferId}/bytes`;
/** The ticket of `transfer.open` for such a request. */
export const TICKET_HEADER = 'tt-ticket';
/** The offset of its first byte in the file: where the bytes end that have arrived. Absent: 0. */
export const OFFSET_HEADER = 'tt-offset';
/** A number of bytes in a header. */
export const byteCountSchema = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(z.number().max(Number.MAX_SAFE_INTEGER));

export const consoleKindSchema = z.enum(['vnc', 'serial']);
export type ConsoleKind = z.infer<typeof consoleKindSchema>;
export const streamKindSchema = z.enum([...consoleKindSchema.options, 'shell', 'port', 'upload', 'download', 'output']);
export type StreamKind = z.infer<typeof streamKindSchema>;

/** A ticket is valid once, for one VM and purpose, and only for this time. */
export const TICKET_LIFETIME_MS = 15_000;

/**
 * `session`: for a browser, which cannot send headers. A terminal of a lab has none; its ticket is sufficient. `acknowledges`: it
 * says by text frames (StreamAck) what it has dealt with, because it can’t make its socket wait; the server lets at most
 * STREAM_HIGH_WATER_BYTES be unacknowledged before the source is paused.
 */
export const streamHelloSchema = z.strictObject({
  ticket: z.string().min(16).max(256),
  session: z.string().min(1).max(256).optional(),
  acknowledges: z.literal(true).optional(),
});
export type StreamHello = z.infer<typeof streamHelloSchema>;

/** So many more bytes have been dealt with. */
export const streamAckSchema = z.strictObject({ dealtWith: z.int().positive() });
export type StreamAck = z.infer<typeof streamAckSchema>;

export const streamReadySchema = z.strictObject({ ready: z.literal(true), kind: streamKindSchema });
export type StreamReady = z.infer<typeof streamReadySchema>;

/** WebSocket close codes (RFC 6455 7.4.2, private range) and what they mean to a viewer. */
export const streamClose = {
  /** The viewer acknowledged what it was not sent, or sent text that is no acknowledgement. */
  ackInvalid: 4400,
  /** The hello was missing, malformed, or its ticket is not valid (any more): get a new ticket. */
  ticketInvalid: 4401,
  /** The VM is not running (any more): wait until it runs again. Of the output of a run or a shell: all of it has come. */
  vmNotRunning: 4409,
  /** The guest's end failed: try again. */
  upstreamFailed: 4502,
  /** The VM's process was replaced, and the new one did not answer in time: try again. */
  replacementLate: 4504,
} as const;

/** The most bytes of a file in one frame of a transfer (client/transfer-frames.ts). */
export const TRANSFER_CHUNK_BYTES = 128 * 1024;
/** Bytes of a file that can be in transit without an acknowledgement, over a line nobody knows yet or a slow one. */
export const TRANSFER_WINDOW_BYTES = 896 * 1024;
/** The same for an upload whose answers come promptly (client/upload-pace.ts); nobody buffers more of it. */
export const UPLOAD_WINDOW_BYTES = 4 * TRANSFER_WINDOW_BYTES;
/** The most bytes of an upload that one `transfer.digest` hashes. */
export const TRANSFER_DIGEST_BYTES = 16 * 1024 * 1024;

/** Bytes buffered for a slow viewer before the source is paused (at most 4 MiB including the system's buffers). */
export const STREAM_HIGH_WATER_BYTES = 1024 * 1024;
