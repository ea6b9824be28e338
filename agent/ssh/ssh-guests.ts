// The ssh connection to each running guest: opened when it is first needed, shared by all runs, closed when nobody has used it for a
// while or its machine is stopped, reset or reverted.
import type { RunningVm } from '../engines/interface.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import type { SshConnection, SshTarget } from './ssh-connection.ts';

const IDLE_MS = 60_000;
const MOST_CONNECTIONS = 256;

/** `RunningVm` as far as connections need it: another process of the same VM is another one. */
export type SshHost = Pick<RunningVm, 'exited'>;

export interface SshLimits {
  idleMs: number;
  most: number;
}

export class SshGuests {
  readonly #targetOf: (vmId: string) => Promise<SshTarget>;
  readonly #limits: SshLimits;
  readonly #known = new Map<SshHost, Promise<SshConnection>>();
  /** Of those that are idle, oldest first: what closes them. */
  readonly #idle = new Map<SshConnection, NodeJS.Timeout>();
  #isClosed = false;

  /** `targetOf` is asked, and may reject, for a new connection only. */
  constructor(targetOf: (vmId: string) => Promise<SshTarget>, limits: Partial<SshLimits> = {}) {
    this.#targetOf = targetOf;
    this.#limits = { idleMs: IDLE_MS, most: MOST_CONNECTIONS, ...limits };
  }

  /**
   * As `SshConnection.open`, as the target rejects, or with GUEST_SSH_BUSY if as many connections as there may be are in use. One that
   * is open already costs nothing.
   */
  async open(vm: SshHost, vmId: string, timeoutMs: number): Promise<SshConnection> {
    const known = this.#known.get(vm);
    if (known) {
      const connection = await known;
      this.#touch(connection);
      return connection;
    }
    this.#makePlace();
    const opening = this.#connect(vmId, timeoutMs);
    this.#known.set(vm, opening);
    const forget = () => {
      if (this.#known.get(vm) === opening) this.#known.delete(vm);
    };
    opening.then((connection) => this.#keep(vm, connection, opening, forget), forget);
    return opening;
  }

  /** Ends the connection to a guest whose memory will be another: what ran over it gets `code`. Where there is none it does nothing. */
  end(vm: SshHost, code: 'GUEST_REVERTED' | 'GUEST_RESET'): void {
    const known = this.#known.get(vm);
    this.#known.delete(vm);
    const why = new GuestError(code, code === 'GUEST_RESET' ? 'the machine was reset' : 'the machine was reverted');
    known?.then(
      (connection) => connection.close(why),
      () => {},
    );
  }

  /** Ends all, for an agent that ends: the commands in the guests end with them. */
  close(): void {
    this.#isClosed = true;
    for (const known of this.#known.values()) {
      known.then(
        (connection) => connection.close(),
        () => {},
      );
    }
  }

  async #connect(vmId: string, timeoutMs: number): Promise<SshConnection> {
    const target = await this.#targetOf(vmId);
    // Most agents never need the package.
    const { SshConnection } = await import('./ssh-connection.ts');
    return SshConnection.open(target, timeoutMs);
  }

  #keep(vm: SshHost, connection: SshConnection, opening: Promise<SshConnection>, forget: () => void): void {
    void connection.closed.then(() => {
      this.#unsetIdle(connection);
      forget();
    });
    connection.onIdle = () => this.#touch(connection);
    if (this.#isClosed) connection.close();
    // One that was ended meanwhile is closed by that.
    if (this.#isClosed || this.#known.get(vm) !== opening) return;
    void vm.exited.then(() => connection.close());
    this.#touch(connection);
  }

  /** Idle from now on, or still in use. */
  #touch(connection: SshConnection): void {
    this.#unsetIdle(connection);
    const closing = setTimeout(() => this.#closeIdle(connection), this.#limits.idleMs).unref();
    this.#idle.set(connection, closing);
  }

  #closeIdle(connection: SshConnection): void {
    this.#unsetIdle(connection);
    if (connection.isIdle) connection.close();
  }

  #unsetIdle(connection: SshConnection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }

  #makePlace(): void {
    if (this.#known.size < this.#limits.most) return;
    const oldest = [...this.#idle.keys()].find(({ isIdle }) => isIdle);
    if (!oldest) throw new GuestError('GUEST_SSH_BUSY', `${this.#limits.most} ssh connections are in use`);
    this.#closeIdle(oldest);
  }
}
