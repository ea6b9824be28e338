// Failures of an engine, before operations convert them to coded errors for clients.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';

export type EngineErrorCode =
  /** The engine's program is not installed. */
  | 'ENGINE_MISSING'
  /** The process ended before its control channel answered. `logTail` says why. */
  | 'START_FAILED'
  /** A control command was refused. */
  | 'COMMAND_FAILED'
  /** The control channel is closed: the process died or was killed. */
  | 'VM_GONE'
  /** Something took longer than its limit. */
  | 'ENGINE_TIMEOUT'
  /** The disk below the VM is full. */
  | 'DISK_FULL'
  /** The requested saved state does not exist. */
  | 'STATE_NOT_FOUND'
  /** The agent in the guest does not answer, or not to this. */
  | 'GUEST_AGENT_SILENT'
  /** The caller cancelled. */
  | 'CANCELLED';

export class EngineError extends CodedError<EngineErrorCode> {
  override readonly name = 'EngineError';
  readonly logTail: readonly string[];

  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown; logTail?: readonly string[] } = {}) {
    super(code, message, options);
    this.logTail = options.logTail ?? [];
  }

  get reason(): Reason {
    return quoted(`engine.${this.code}`, this.message);
  }
}
