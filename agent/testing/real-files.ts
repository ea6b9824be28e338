// Test support: files put into a machine of a real agent, and got out of it.
import { downloadTo, uploadFile } from '@tt/client';
import type { PushedVm } from '@tt/protocol';
import type { RealAgent } from './real-agent.ts';

export interface RealFilesParts {
  agent: () => RealAgent;
  /** Of the ENV demo. */
  vmId: () => string;
}

export class RealFiles {
  readonly #parts: RealFilesParts;

  constructor(parts: RealFilesParts) {
    this.#parts = parts;
  }

  /** All files have the mode 640. `again` puts the same, with what is added to the request. */
  async put(folder: string, files: Record<string, Buffer>, more: object = {}) {
    const bytes = Buffer.concat(Object.values(files));
    const request = {
      envName: 'demo',
      vmIds: [this.#parts.vmId()],
      folder,
      files: Object.entries(files).map(([path, one]) => ({ path, sizeBytes: one.length, mode: 0o640 })),
      transferId: await this.#upload(bytes),
      ...more,
    };
    const send = async (added: object = {}): Promise<PushedVm['failure']> => {
      const { vms } = await this.#parts.agent().client.guestFile.put({ ...request, ...added });
      return vms[0]?.failure ?? null;
    };
    return { failure: await send(), again: send };
  }

  async get(path: string, sizeBytes: number): Promise<Buffer> {
    const { client, connection } = this.#parts.agent();
    const { transfer } = await client.guestFile.get({ vmId: this.#parts.vmId(), files: [{ path, sizeBytes }] });
    const pieces: Uint8Array[] = [];
    await downloadTo(connection, transfer, 0, (bytes) => void pieces.push(bytes));
    await client.transfer.drop({ transferId: transfer.id });
    return Buffer.concat(pieces);
  }

  async #upload(bytes: Buffer): Promise<string> {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
    const source = { fileName: 'push', sizeBytes: bytes.length, read };
    return (await uploadFile(this.#parts.agent().connection, source, crypto.randomUUID())).id;
  }
}
