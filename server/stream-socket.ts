// The stream WebSocket: checks the ticket, opens the far end (a VM's unix socket, or another TT server) and passes bytes
// in both directions, unparsed and with backpressure: a viewer that does not read never makes this process grow.
import type { Duplex } from 'node:stream';
import {
  STREAM_HIGH_WATER_BYTES,
  type StreamKind,
  type StreamReady,
  streamAckSchema,
  streamClose,
  streamHelloSchema,
  type Transfer,
  TtError,
} from '@tt/protocol';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { SentBody } from './body-pieces.ts';
import type { ConnectionOrigin } from './call-context.ts';
import { type FarEnd, StreamEndError } from './far-end.ts';
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
  /** Takes the bytes of an upload that come as the body of a request; rejects with what is answered. Absent: they come by streams alone. */
  receive?: (purpose: Purpose, caller: Asker, body: SentBody) => Promise<Transfer>;
  /** What is logged about it, such as its VM. Never the purpose itself, which may contain a ticket. */
  about: (purpose: Purpose) => Readonly<Record<string, string>>;
  /** Called when a viewer connects and disconnects. */
  onViewer: (purpose: Purpose, change: 1 | -1) => void;
  /**
   * Called when a stream has been opened; the answer, when it has ended: with `ok`, the code of its error, or `failed`. Also called
   * for one that could not be opened.
   */
  witness?: (purpose: Purpose, from: ConnectionOrigin) => (result: string) => void;
  logger: Logger;
}

export function streamUpgrade<Purpose extends StreamPurpose>(endpoint: StreamEndpoint<Purpose>): UpgradeHandler {
  const firstFrames = new FirstFrames();
  return acceptSockets(MAX_MESSAGE_BYTES, (viewer, identity, raw) => {
    firstFrames.wait(viewer, raw, (text) => {
      const hello = readFrame(streamHelloSchema, text);
      const purpose = hello && endpoint.tickets.redeem(hello.ticket);
      const admit = () => {
        const { caller } = hello?.session === undefined ? identity.identified : identity.prove(hello.session);
        if (!purpose || !isTheirs(purpose, caller)) viewer.close(streamClose.ticketInvalid, 'ticket is not good');
        else if (!endpoint.isLive(purpose)) viewer.close(streamClose.vmNotRunning, 'not running');
        else {
          identity.used();
          const acknowledges = hello?.acknowledges ?? false;
          void attach(viewer, { purpose, caller, acknowledges, from: identity }, endpoint);
        }
      };
      const asked = hello?.session === undefined ? null : identity.ask(hello.session);
      if (!asked) admit();
      else asked.then(admit, () => viewer.terminate());
    });
  });
}

/** An anonymous caller (a terminal without a token) can only use tickets made for terminals. */
export function isTheirs(purpose: StreamPurpose, caller: Asker): boolean {
  if (purpose.withoutIdentity) return true;
  return isSomebody(caller) && (purpose.callerName === undefined || purpose.callerName === caller.name);
}

interface Attachment<Purpose> {
  purpose: Purpose;
  caller: Asker;
  from: ConnectionOrigin;
  acknowledges: boolean;
}

/** Never rejects: the viewer gets a close code for every kind of end. */
async function attach<Purpose extends StreamPurpose>(
  viewer: WebSocket,
  { purpose, caller, from, acknowledges }: Attachment<Purpose>,
  endpoint: StreamEndpoint<Purpose>,
): Promise<void> {
  // Bytes typed before the far end is open wait in the kernel, not here.
  viewer.pause();
  let farEnd: FarEnd;
  try {
    farEnd = await endpoint.open(purpose, caller);
  } catch (error) {
    endpoint.logger.warn({ err: error, ...logged(purpose, endpoint) }, 'console stream could not be opened');
    endpoint.witness?.(purpose, from)(resultOf(error));
    viewer.resume();
    closeFor(viewer, purpose, endpoint, error);
    return;
  }
  const guest = farEnd.stream;
  if (viewer.readyState !== viewer.OPEN) {
    guest.destroy();
    return;
  }
  let failure: unknown = null;
  const ended = endpoint.witness?.(purpose, from);
  endpoint.onViewer(purpose, 1);
  guest.once('error', (error) => {
    failure = error;
    endpoint.logger.warn({ err: error, ...logged(purpose, endpoint) }, 'console stream failed');
  });
  guest.once('close', () => {
    ended?.(failure === null ? 'ok' : resultOf(failure));
    endpoint.onViewer(purpose, -1);
    closeFor(viewer, purpose, endpoint, failure);
    viewer.resume();
  });
  viewer.once('close', () => guest.destroy());
  viewer.send(JSON.stringify({ ready: true, kind: purpose.kind } satisfies StreamReady));
  const credit = acknowledges ? new Credit() : null;
  passToViewer(farEnd, viewer, credit);
  passToGuest(viewer, farEnd, credit);
  viewer.resume();
}

/** What a viewer that acknowledges has been sent and has not dealt with: it may lie in its memory, where no socket counts it. */
class Credit {
  unacknowledged = 0;

  /** False: that is no acknowledgement of what was sent. */
  take(text: string): boolean {
    const ack = readFrame(streamAckSchema, text);
    if (!ack || ack.dealtWith > this.unacknowledged) return false;
    this.unacknowledged -= ack.dealtWith;
    return true;
  }
}

/** How the audit trail names the end. */
export function resultOf(error: unknown): string {
  return error instanceof TtError ? error.code : 'failed';
}

function logged<Purpose extends StreamPurpose>(purpose: Purpose, endpoint: StreamEndpoint<Purpose>) {
  return { kind: purpose.kind, ...endpoint.about(purpose) };
}

function closeFor<Purpose extends StreamPurpose>(
  viewer: WebSocket,
  purpose: Purpose,
  endpoint: StreamEndpoint<Purpose>,
  failure: unknown,
): void {
  if (failure instanceof StreamEndError) viewer.close(failure.closeCode, failure.message);
  else if (failure !== null && endpoint.isLive(purpose)) viewer.close(streamClose.upstreamFailed, 'the far end failed');
  else viewer.close(streamClose.vmNotRunning, 'ended');
}

function passToViewer(farEnd: FarEnd, viewer: WebSocket, credit: Credit | null): void {
  const { stream } = farEnd;
  farEnd.onData((chunk, release) => {
    if (viewer.readyState !== viewer.OPEN) {
      release();
      return;
    }
    if (credit) credit.unacknowledged += chunk.length;
    viewer.send(chunk, { binary: true }, () => {
      release();
      resumeIfTaken(stream, viewer, credit);
    });
    if (waitingFor(viewer, credit) > STREAM_HIGH_WATER_BYTES) stream.pause();
  });
}

function waitingFor(viewer: WebSocket, credit: Credit | null): number {
  return Math.max(viewer.bufferedAmount, credit?.unacknowledged ?? 0);
}

function resumeIfTaken(stream: Duplex, viewer: WebSocket, credit: Credit | null): void {
  if (stream.isPaused() && waitingFor(viewer, credit) < STREAM_HIGH_WATER_BYTES / 2) stream.resume();
}

function passToGuest(viewer: WebSocket, { stream }: FarEnd, credit: Credit | null): void {
  viewer.on('message', (data: Buffer, isBinary: boolean) => {
    if (credit && !isBinary) {
      if (credit.take(data.toString())) resumeIfTaken(stream, viewer, credit);
      else viewer.close(streamClose.ackInvalid, 'unexpected message');
    } else if (!stream.write(data)) {
      // Acknowledgements come on the same way, and without them a guest that waits to print would never read again.
      if (!credit) viewer.pause();
      else if (stream.writableLength > STREAM_HIGH_WATER_BYTES) viewer.close(streamClose.upstreamFailed, 'too slow');
    }
  });
  stream.on('drain', () => viewer.resume());
}
