// The stream WebSocket: checks the ticket, opens the far end (a VM's unix socket, or another TT server) and passes bytes
// in both directions, unparsed and with backpressure: a viewer that does not read never makes this process grow.
import {
  STREAM_HIGH_WATER_BYTES,
  type StreamKind,
  type StreamReady,
  streamClose,
  streamHelloSchema,
} from '@tt/protocol';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { FarEnd } from './far-end.ts';
import { FirstFrames, readFrame } from './first-frame.ts';
import { type Asker, isSomebody } from './identities.ts';
import type { Tickets } from './tickets.ts';
import { acceptSockets, type UpgradeHandler } from './upgrade.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Every purpose says what kind of stream it is for. */
export interface StreamPurpose {
  kind: StreamKind;
  /** Who can use the ticket; any authenticated caller if absent. */
  callerName?: string;
  /** Also valid without a token or session: for a terminal, whose ticket is sufficient. */
  withoutIdentity?: true;
}

export interface StreamEndpoint<Purpose extends StreamPurpose> {
  tickets: Tickets<Purpose>;
  /** Whether there is anything to connect to (the VM runs). Called again when the far end closes, for the close code. */
  isLive: (purpose: Purpose) => boolean;
  /** Opens the far end; rejects when it can't be reached. */
  open: (purpose: Purpose, caller: Asker) => Promise<FarEnd>;
  /** What is logged about it, such as its VM. Never the purpose itself, which may contain a ticket. */
  about: (purpose: Purpose) => Readonly<Record<string, string>>;
  /** Called when a viewer connects and disconnects. */
  onViewer: (purpose: Purpose, change: 1 | -1) => void;
  logger: Logger;
}

export function streamUpgrade<Purpose extends StreamPurpose>(endpoint: StreamEndpoint<Purpose>): UpgradeHandler {
  const firstFrames = new FirstFrames();
  return acceptSockets(MAX_MESSAGE_BYTES, (viewer, identity, raw) => {
    firstFrames.wait(viewer, raw, (text) => {
      const hello = readFrame(streamHelloSchema, text);
      const purpose = hello && endpoint.tickets.redeem(hello.ticket);
      const { caller } = hello?.session === undefined ? identity.identified : identity.prove(hello.session);
      if (!purpose || !isTheirs(purpose, caller)) viewer.close(streamClose.ticketInvalid, 'ticket is not good');
      else if (!endpoint.isLive(purpose)) viewer.close(streamClose.vmNotRunning, 'not running');
      else void attach(viewer, purpose, caller, endpoint);
    });
  });
}

/** An anonymous caller (a terminal without a token) can only use tickets made for terminals. */
function isTheirs(purpose: StreamPurpose, caller: Asker): boolean {
  if (purpose.withoutIdentity) return true;
  return isSomebody(caller) && (purpose.callerName === undefined || purpose.callerName === caller.name);
}

/** Never rejects: the viewer gets a close code for every kind of end. */
async function attach<Purpose extends StreamPurpose>(
  viewer: WebSocket,
  purpose: Purpose,
  caller: Asker,
  endpoint: StreamEndpoint<Purpose>,
): Promise<void> {
  // Bytes typed before the far end is open wait in the kernel, not here.
  viewer.pause();
  let farEnd: FarEnd;
  try {
    farEnd = await endpoint.open(purpose, caller);
  } catch (error) {
    endpoint.logger.warn({ err: error, ...logged(purpose, endpoint) }, 'console stream could not be opened');
    viewer.resume();
    closeFor(viewer, purpose, endpoint, true);
    return;
  }
  const guest = farEnd.stream;
  if (viewer.readyState !== viewer.OPEN) {
    guest.destroy();
    return;
  }
  let failed = false;
  endpoint.onViewer(purpose, 1);
  guest.once('error', (error) => {
    failed = true;
    endpoint.logger.warn({ err: error, ...logged(purpose, endpoint) }, 'console stream failed');
  });
  guest.once('close', () => {
    endpoint.onViewer(purpose, -1);
    closeFor(viewer, purpose, endpoint, failed);
    viewer.resume();
  });
  viewer.once('close', () => guest.destroy());
  viewer.send(JSON.stringify({ ready: true, kind: purpose.kind } satisfies StreamReady));
  passToViewer(farEnd, viewer);
  passToGuest(viewer, farEnd);
  viewer.resume();
}

function logged<Purpose extends StreamPurpose>(purpose: Purpose, endpoint: StreamEndpoint<Purpose>) {
  return { kind: purpose.kind, ...endpoint.about(purpose) };
}

function closeFor<Purpose extends StreamPurpose>(
  viewer: WebSocket,
  purpose: Purpose,
  endpoint: StreamEndpoint<Purpose>,
  failed: boolean,
): void {
  if (failed && endpoint.isLive(purpose)) viewer.close(streamClose.upstreamFailed, 'the far end failed');
  else viewer.close(streamClose.vmNotRunning, 'ended');
}

function passToViewer(farEnd: FarEnd, viewer: WebSocket): void {
  const { stream } = farEnd;
  farEnd.onData((chunk, release) => {
    if (viewer.readyState !== viewer.OPEN) {
      release();
      return;
    }
    viewer.send(chunk, { binary: true }, () => {
      release();
      if (stream.isPaused() && viewer.bufferedAmount < STREAM_HIGH_WATER_BYTES / 2) stream.resume();
    });
    if (viewer.bufferedAmount > STREAM_HIGH_WATER_BYTES) stream.pause();
  });
}

function passToGuest(viewer: WebSocket, { stream }: FarEnd): void {
  viewer.on('message', (data: Buffer) => {
    if (!stream.write(data)) viewer.pause();
  });
  stream.on('drain', () => viewer.resume());
}
