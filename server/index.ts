// The public interface of the shared border: serves the contract over HTTP and WebSockets. Used by the agent and the proxy.
export { signAskedBy } from './asked-by.ts';
export type { SentBody } from './body-pieces.ts';
export type { BorderContext, ConnectionOrigin, Endpoint, RequestScope, WitnessedCall } from './call-context.ts';
export { type Directory, type DirectoryToken, type DirectoryUser, noDirectory } from './directory.ts';
export type { Elsewhere } from './elsewhere.ts';
export { connectUnix, type DataListener, type FarEnd, plainFarEnd, StreamEndError } from './far-end.ts';
export { Guesses } from './guesses.ts';
export type { HttpServer } from './http-server.ts';
export {
  type Asker,
  type Caller,
  Identities,
  isSomebody,
  type KnownUser,
  localAdmin,
  mustBeSomebody,
  mustMayCall,
  nobody,
} from './identities.ts';
export type { LogTarget } from './log-file.ts';
export { LogTail } from './log-tail.ts';
export { makeLogger, SECRET_FIELDS } from './logger.ts';
export { challengeOf } from './join-codes.ts';
export { Logins } from './logins.ts';
export { REQUEST_ID_HEADER } from './request-id.ts';
export { SeldomLines } from './seldom-lines.ts';
export { type ServeOptions, serveContract } from './serve-contract.ts';
export { beginSession, endSessions, invite, join, listSessions, redeemAsSession } from './session-calls.ts';
export { memorySessions, type SessionRecord, type SessionStore } from './session-store.ts';
export { asListenProblem, reportStartFailure } from './start-failure.ts';
export { type StreamEndpoint, type StreamPurpose, streamUpgrade } from './stream-socket.ts';
export { Tickets } from './tickets.ts';
export { openTlsIdentity, renewTlsIdentity } from './tls/open.ts';
export type { OwnCertificate, TlsIdentity } from './tls/tls-identity.ts';
export { UnderWay } from './under-way.ts';
export type { UnixPlace } from './unix-listener.ts';
