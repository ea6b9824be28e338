// How a WebSocket at RPC_PATH identifies itself where it cannot send headers (browsers): the first text frame from the client is
// an RpcHello, the first from the server an RpcReady; calls follow. A program that sends its token in the Authorization header
// of the handshake sends no hello and gets no ready frame.
import { z } from 'zod';

/** The secret of a session, or a token. */
const credential = z.string().min(1).max(256);

export const rpcHelloSchema = z.strictObject({ session: credential });
export type RpcHello = z.infer<typeof rpcHelloSchema>;

export const rpcReadySchema = z.strictObject({ ready: z.literal(true) });
export type RpcReady = z.infer<typeof rpcReadySchema>;

/** WebSocket close codes (RFC 6455 7.4.2, private range). */
export const socketClose = {
  /** UNAUTHORIZED: the hello was missing, late, malformed, or its secret is not valid (any more). */
  unauthorized: 4401,
} as const;
