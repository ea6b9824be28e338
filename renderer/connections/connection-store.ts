// The connections of the desktop, as the main process tells of them: all with their state, and which one this window shows. In a
// browser there are none.
import { toTtError } from '@tt/client';
import { type ErrorRecord, TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { Outcome } from '../activity/operation-store.ts';
import type {
  ConnectionColor,
  ConnectionRequest,
  ConnectionsAnswer,
  ConnectionsView,
  ConnectionView,
  DesktopConnections,
  ImportedServer,
  NewServer,
  ServerCertificate,
} from '../bridge.ts';

/** The agent of this computer, which is always among them. */
export const PRIVATE_ID = 'private';

export class ConnectionStore {
  all: readonly ConnectionView[] = [];
  shownId: string | null = null;
  offered: ConnectionsView['offered'] = null;
  /** Requests under way. */
  pending = 0;
  readonly #desktop: DesktopConnections;
  /** A console in a window of its own stays with its connection. */
  readonly isFixed: boolean;

  /** `asked`: id of the one that this window shows, if it is there; null: the one that was shown last. `isFixed`: it never shows another. */
  constructor(desktop: DesktopConnections, asked: string | null = null, isFixed = false) {
    this.#desktop = desktop;
    this.isFixed = isFixed && asked !== null;
    this.shownId = asked;
    makeObservable(this, {
      all: observableRef,
      shownId: observable,
      offered: observableRef,
      pending: observable,
      shown: computed,
      hasSeveral: computed,
      take: action,
      begin: action,
      end: action,
    });
  }

  get shown(): ConnectionView | null {
    return this.get(this.shownId);
  }

  get isBusy(): boolean {
    return this.pending > 0;
  }

  /** Whether there is something to switch between. */
  get hasSeveral(): boolean {
    return this.all.filter(({ kind, link }) => kind === 'server' || link.kind !== 'off').length > 1;
  }

  get(id: string | null): ConnectionView | null {
    return this.all.find((connection) => connection.id === id) ?? null;
  }

  /** `own`: what this window shows from now on. Another window that shows another one changes nothing here. */
  take({ connections, shown, offered }: ConnectionsView, own = this.shownId): void {
    this.all = connections;
    this.shownId = this.isFixed || connections.some(({ id }) => id === own) ? own : shown;
    this.offered = offered;
  }

  begin(): void {
    this.pending++;
  }

  end(): void {
    this.pending--;
  }

  /** Shows it. The private agent is not started for that; see `use`. */
  show(id: string): Promise<Outcome<void>> {
    return this.#ask({ do: 'show', id });
  }

  /** Shows the one with this number, counted from 1 as in the list. */
  async showNumber(number: number): Promise<void> {
    const wanted = this.all[number - 1];
    if (wanted && wanted.id !== this.shownId) await this.show(wanted.id);
  }

  /** Opens it, or tries at once; starts the private agent if none runs. */
  open(id: string): Promise<Outcome<void>> {
    return this.#ask({ do: 'open', id });
  }

  /** Shows it and opens it. */
  async use(id: string): Promise<Outcome<void>> {
    const shown = await this.show(id);
    return shown.ok ? this.open(id) : shown;
  }

  /** Ends it; the private agent itself ends, its VMs keep running. */
  close(id: string): Promise<Outcome<void>> {
    return this.#ask({ do: 'close', id });
  }

  /** Shows the new one once its server has answered. */
  add(server: NewServer): Promise<Outcome<void>> {
    return this.#ask({ do: 'add', ...server });
  }

  change(id: string, name: string, color: ConnectionColor): Promise<Outcome<void>> {
    return this.#ask({ do: 'change', id, name, color });
  }

  remove(id: string): Promise<Outcome<void>> {
    return this.#ask({ do: 'remove', id });
  }

  /** null: the one that was shown last. */
  setDefault(id: string | null): Promise<Outcome<void>> {
    return this.#ask({ do: 'setDefault', id });
  }

  /** The user has decided about the link from outside. */
  dismiss(): Promise<Outcome<void>> {
    return this.#ask({ do: 'dismiss' });
  }

  importServers(servers: ImportedServer[]): Promise<Outcome<void>> {
    return this.#ask({ do: 'import', servers });
  }

  /** What ~/.ssh/config calls servers, for suggestions. */
  sshNames(): Promise<Outcome<string[]>> {
    return this.#ask({ do: 'sshNames' }, ({ sshNames = [] }) => sshNames);
  }

  /** What its server presents now; null without TLS. */
  certificate(id: string): Promise<Outcome<ServerCertificate | null>> {
    return this.#ask({ do: 'certificate', id }, ({ certificate = null }) => certificate);
  }

  /** The port of this computer that leads to a forwarded port of a guest, through the connection that is shown. */
  openPort(vmId: string, guestPort: number): Promise<Outcome<number>> {
    const id = this.shownId ?? '';
    return this.#ask({ do: 'openPort', id, vmId, guestPort }, ({ localPort = 0 }) => localPort);
  }

  /** Resolves once they are known; the answer stops listening. */
  async start(): Promise<() => void> {
    const stop = this.#desktop.onChange((view) => this.take(view));
    await this.#ask({ do: 'list' });
    return stop;
  }

  #ask(request: ConnectionRequest): Promise<Outcome<void>>;
  #ask<Value>(request: ConnectionRequest, pick: (answer: Answered) => Value): Promise<Outcome<Value>>;
  async #ask<Value>(
    request: ConnectionRequest,
    pick?: (answer: Answered) => Value,
  ): Promise<Outcome<Value | undefined>> {
    this.begin();
    try {
      const answer = await this.#desktop.ask(request);
      if (!answer.ok) return { ok: false, error: asError(answer.failure) };
      this.take(answer.view, chosenBy(request, answer.view) ?? this.shownId);
      return { ok: true, value: pick?.(answer) };
    } catch (error) {
      return { ok: false, error: new TtError('INTERNAL', { requestId: String(error) }, { cause: error }) };
    } finally {
      this.end();
    }
  }
}

/** What the window shows by its own request; null: what it did before. */
function chosenBy(request: ConnectionRequest, view: ConnectionsView): string | null {
  if (request.do === 'show') return request.id;
  return request.do === 'add' ? view.shown : null;
}

type Answered = Extract<ConnectionsAnswer, { ok: true }>;

/** A failure of main as the error it was there. */
export function asError(failure: ErrorRecord): TtError {
  return toTtError(failure, () => new TtError('INTERNAL', { requestId: failure.message }));
}
