// How commands are run in a guest, whichever way leads there: the helper (guest-channel.ts), or the guest agent (by-agent/). Both pass
// command-channel.contract.ts.
import type { Readable, Writable } from 'node:stream';
import type { ExecRequest } from './exec-request.ts';
import type { GuestError } from './guest-error.ts';

/** Exactly one of the two is set. */
export interface CommandExit {
  exitCode: number | null;
  /** Its number, signal(7). */
  signal: number | null;
}

export interface ChannelCommand {
  /** Exact bytes, as they come. Both must be read or destroyed, or the command waits. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Ends the command's input when it ends. What a command that does not read it was sent is dropped. */
  readonly stdin: Writable;
  /**
   * After all of its output. Rejects with GUEST_REFUSED_COMMAND if it could not be started, with the channel's error when that has
   * ended meanwhile; both streams are destroyed with the same error.
   */
  readonly exit: Promise<CommandExit>;
  /** SIGKILL ends all processes it has started, whatever they did to leave it. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGHUP' | 'SIGQUIT'): void;
}

export interface CommandChannel {
  readonly via: 'helper' | 'guestAgent';
  /** Starts a command. Nothing is thrown: what goes wrong rejects its `exit`. */
  exec(request: ExecRequest): ChannelCommand;
  /** Ends all its commands with `why`. */
  close(why?: GuestError): void;
  /** Resolves, never rejects, with why it ended. */
  readonly closed: Promise<GuestError>;
}
