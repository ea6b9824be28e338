// Test support: somebody at the terminal of a shell in a guest.
import { type ShellChannel, shellOver } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import type { ShellEnd } from '@tt/protocol';
import { until } from './until.ts';

type Wanted = Parameters<NodeConnection['client']['console']['openShell']>[0];

export interface ShellClose {
  code: number;
  end: ShellEnd | null;
}

export class ShellViewer {
  readonly channel: ShellChannel;
  /** What the terminal was shown. */
  bytes = Buffer.alloc(0);
  readonly closed: Promise<ShellClose>;

  private constructor(channel: ShellChannel) {
    this.channel = channel;
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.bytes = Buffer.concat([this.bytes, Buffer.from(data)]);
    };
    this.closed = new Promise((resolve) => {
      channel.onclose = ({ code }) => resolve({ code, end: channel.end });
    });
  }

  /** Resolves when the bytes flow. Rejects with the errors of the call, or if the stream was closed first. */
  static async open(
    connection: NodeConnection,
    { columns = 80, rows = 24, ...wanted }: Partial<Wanted> & { vmId: string },
  ) {
    const { ticket } = await connection.client.console.openShell({ columns, rows, ...wanted });
    const viewer = new ShellViewer(shellOver(connection.openStream(ticket)));
    const opened = new Promise<void>((resolve) => {
      viewer.channel.onopen = () => resolve();
    });
    const early = viewer.closed.then(({ code }) => Promise.reject(new Error(`closed with ${code}`)));
    await Promise.race([opened, early]);
    early.catch(() => {});
    return viewer;
  }

  get text(): string {
    return this.bytes.toString();
  }

  type(text: string): void {
    this.channel.send(text);
  }

  /** Resolves when the terminal has shown it. */
  async shows(wanted: string | RegExp, timeoutMs?: number): Promise<void> {
    const isThere = () => (typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text));
    await until(`the terminal shows ${wanted}`, isThere, timeoutMs);
  }
}
