// Public face of the client package: the typed link to an agent or proxy, for browsers and Node alike.
export { atBorder, type Border } from './border.ts';
export { blobSource } from './blob-source.ts';
export { isBrokenOff } from './broken-off.ts';
export type { ByteChannel, PacedChannel } from './byte-channel.ts';
export { checkSent } from './check-sent.ts';
export { dropTransfer } from './drop-transfer.ts';
export { toTtError } from './errors.ts';
export { type FetchTarget, fetchGuestFiles, type FileSink } from './fetch-guest-files.ts';
export { FilesInRow } from './files-in-row.ts';
export { findGuestFiles, findNamed } from './find-guest-files.ts';
export { type FollowOptions, followState, type LinkState } from './follow.ts';
export { FrameError } from './framing.ts';
export { type FetchPlan, type Found, inCalls, planFetch, type WantedFile } from './guest-list.ts';
export { clientOver, withTtErrors } from './link.ts';
export { modeText } from './mode-text.ts';
export { relayRouter, toWireError } from './relay.ts';
export { withSentCommand } from './send-command.ts';
export { type PacedShellChannel, pacedShellOver, type ShellChannel, shellOver } from './shell-channel.ts';
export {
  encodeShellBytes,
  encodeShellFrame,
  SHELL_FRAME_BYTES,
  type ShellFrame,
  ShellFrameReader,
} from './shell-frames.ts';
export { openSocketLink, type SocketLike, type SocketLink, type SocketLinkOptions } from './socket-link.ts';
export { openPacedStreamOverWebSocket, openStreamOverWebSocket } from './stream.ts';
export { mustMeanSystem } from './systems.ts';
export {
  checkArrived,
  downloadChunks,
  downloadTo,
  FrameStream,
  uploadFile,
  whilePacked,
} from './transfer.ts';
export { encodeFrame, FrameReader, type TransferFrame } from './transfer-frames.ts';
export type { ReadableFile, RestOfFile, TransferLink, TransferOptions, UploadSource } from './transfer-link.ts';
export { wholeEnv } from './whole-env.ts';
export { type WholeItem, WholeItems, type WholeSnapshot, wholeItems } from './whole-items.ts';
