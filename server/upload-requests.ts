// The other way to send a file: the body of one plain request, which a browser, curl and the kernel pass on at their best. It is good for
// what the ticket of a stream is good for, once, and checked as that is; bytes go to the same transfer.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  byteCountSchema,
  OFFSET_HEADER,
  streamHelloSchema,
  TICKET_HEADER,
  type Transfer,
  transferSchema,
  TtError,
  uploadPath,
} from '@tt/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identified } from './access.ts';
import { type BodyPatience, bodyPieces, type SentBody, SlowBodyError } from './body-pieces.ts';
import type { ConnectionOrigin } from './call-context.ts';
import type { CallLimits } from './call-limits.ts';
import { type Caller, mustMayCall } from './identities.ts';
import { isTheirs, resultOf, type StreamEndpoint, type StreamPurpose } from './stream-socket.ts';
import type { Unhurried } from './unhurried.ts';

/** The call that issues the ticket: who may not make it (any more) sends nothing either. */
const CALL = 'transfer.open';

export interface UploadRequests {
  streams: Pick<StreamEndpoint<StreamPurpose>, 'tickets' | 'isLive' | 'receive' | 'about' | 'witness'>;
  limits: CallLimits;
  patience: BodyPatience;
  unhurried: Unhurried;
  /** Who sends it; the request is cut when that one is let in no more. */
  enter: (request: FastifyRequest, reply: FastifyReply) => Identified;
}

/** `PUT /api/transfers/{transferId}/bytes`. Answers with the transfer, which is whole once all its bytes are there. */
export async function serveUploads(app: FastifyInstance, parts: UploadRequests): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever it is called, it is not read here.
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.put<{ Params: { transferId: string } }>(uploadPath(':transferId'), (request, reply) =>
      answer(request.params.transferId, request, reply, parts),
    );
  });
}

async function answer(
  transferId: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { enter, limits, unhurried, patience, streams }: UploadRequests,
): Promise<unknown> {
  const { raw } = request;
  const from = { address: raw.socket.remoteAddress ?? null, userAgent: raw.headers['user-agent'] ?? '' };
  let hurry = () => {};
  let leave = () => {};
  try {
    const caller = mustMayCall(enter(request, reply).caller, CALL);
    leave = limits.enterCall(caller, from.address);
    hurry = unhurried.enter(raw.socket);
    const body = { transferId, ...sentIn(raw.headers), pieces: bodyPieces(raw, patience) };
    return await receive(ticketIn(raw.headers), body, { caller, from }, streams);
  } catch (error) {
    // What is left of the body is not waited for.
    if (!isRead(raw)) reply.header('connection', 'close');
    if (!(error instanceof SlowBodyError)) throw error;
    // As Node answers whoever is too slow.
    return reply.status(408).send();
  } finally {
    hurry();
    leave();
  }
}

async function receive(
  ticket: string,
  body: SentBody,
  { caller, from }: { caller: Caller; from: ConnectionOrigin },
  streams: UploadRequests['streams'],
): Promise<Transfer> {
  const purpose = streams.tickets.redeem(ticket);
  const isGood = purpose?.kind === 'upload' && isTheirs(purpose, caller) && streams.isLive(purpose);
  // A proxy makes a path of the id again.
  if (!isGood || !transferSchema.shape.id.safeParse(body.transferId).success || !streams.receive)
    throw new TtError('TICKET_INVALID', {});
  let result = 'ok';
  const ended = streams.witness?.(purpose, from);
  try {
    return await streams.receive(purpose, caller, body);
  } catch (error) {
    result = resultOf(error);
    throw error;
  } finally {
    ended?.(result);
  }
}

function isRead({ complete, readableEnded }: IncomingMessage): boolean {
  return complete && readableEnded;
}

function ticketIn(headers: IncomingHttpHeaders): string {
  const ticket = streamHelloSchema.shape.ticket.safeParse(headers[TICKET_HEADER]);
  if (!ticket.success) throw new TtError('TICKET_INVALID', {});
  return ticket.data;
}

function sentIn(headers: IncomingHttpHeaders): Pick<SentBody, 'offset' | 'lengthBytes'> {
  return { offset: countIn(headers, OFFSET_HEADER) ?? 0, lengthBytes: countIn(headers, 'content-length') };
}

/** null: there is no such header. */
function countIn(headers: IncomingHttpHeaders, name: string): number | null {
  const text = headers[name];
  if (text === undefined) return null;
  const count = byteCountSchema.safeParse(text);
  if (count.success) return count.data;
  const issues = count.error.issues.map(({ message }) => ({ path: name, message }));
  throw new TtError('INPUT_INVALID', { summary: count.error.message, issues });
}
