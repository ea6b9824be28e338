// The part of the client package that needs Node: finding the private agent, verifying it, and sockets that send a header.
export { type ConnectOptions, connectNode, type NodeConnection, socketUrl } from './connect.ts';
export { fingerprintOf, fingerprintText, isSameFingerprint, readFingerprint } from './fingerprint.ts';
export { browserOpener, writeBrowserPage } from './browser-page.ts';
export { asFileProblem, fileReason } from './file-problem.ts';
export {
  type AgentFile,
  agentFileSchema,
  findPrivateAgent,
  identifyAgent,
  type PrivateAgent,
  stateDirectory,
} from './home.ts';
export { type JoinLink, joinLink, readJoinLink } from './join-link.ts';
export { type LocalPort, openLocalPort, ownerOf, tellsUsers } from './local-port.ts';
export { namedUrl } from './named-url.ts';
export { passFeed } from './pass-feed.ts';
export { PRIVATE_AGENT_FLAGS } from './private-agent-flags.ts';
export { readIfThere, readOrMakeToken, writePrivateFile } from './private-file.ts';
export { identifyProcess, isRunning, type ProcessIdentity, readProcFile, unlessGone } from './process-identity.ts';
export { PROOF_PATH, proofFor, provenSocket } from './server-proof.ts';
export { isLoopback, type ServerAddress } from './server-connection.ts';
export { SERVER_ROLE_URI } from './server-role.ts';
export { canOthersWrite, httpBase, socketFileIn } from './unix-address.ts';
export { connectUnixSocket, fitsSocketAddress, listenOnUnixSocket } from './unix-socket.ts';
export { readStartFailure, type StartFailure, startFailureText } from './start-failure.ts';
export { makeStateFolder } from './state-folder.ts';
export { type BrowserLogin, logInByBrowser } from './browser-login.ts';
export type { OpenServer } from './open-call.ts';
export { logInByPassword, redeemCode } from './redeem-code.ts';
export { giveBack } from './spent-bytes.ts';
export { stopAgent } from './stop-agent.ts';
export { linkToStream } from './stream-link.ts';
export { recordingIn } from './recording-in.ts';
export { settleTrust } from './settle-trust.ts';
export { certificateAt, type ServerCertificate } from './trusted-socket.ts';
export { PlainCalls } from './plain-calls.ts';
export { type ReadCall, type ReadOutput, readOnce } from './read-once.ts';
export { print, printError, writeOutput } from './terminal.ts';
export { type RunOutputPlace, runOutput } from './run-output.ts';
