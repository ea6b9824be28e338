// Pictures of the screens of a matrix: at the first failure, and when each machine is done.
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { Turns } from './turns.ts';

/** PNG in base64; null where there is none. */
export interface Pictures {
  atFailure: string | null;
  atEnd: string | null;
}

const AT_ONCE = 8;
/** In base64. Of one picture, and of all: they are inside the report. */
const MOST_CHARACTERS = { each: 2 * 1024 * 1024, all: 48 * 1024 * 1024 };
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export class PictureTaker {
  readonly all = new Map<string, Pictures>();
  readonly #connection: NodeConnection;
  readonly #turns = new Turns(AT_ONCE);
  #charactersLeft = MOST_CHARACTERS.all;

  constructor(connection: NodeConnection) {
    this.#connection = connection;
  }

  /** A machine without a screen, or that does not run, has no picture; that is no failure. */
  async take(when: keyof Pictures, vms: readonly { vmId: string }[]): Promise<void> {
    await Promise.all(
      vms.map(({ vmId }) =>
        this.#turns.use(async () => {
          const picture = await this.#take(vmId);
          this.all.set(vmId, { atFailure: null, atEnd: null, ...this.all.get(vmId), [when]: picture });
        }),
      ),
    );
  }

  async #take(vmId: string): Promise<string | null> {
    try {
      const { dataBase64 } = await this.#connection.client.vm.screenshot({ vmId });
      const isFit = dataBase64.length <= Math.min(MOST_CHARACTERS.each, this.#charactersLeft);
      if (!isFit || !BASE64.test(dataBase64)) return null;
      this.#charactersLeft -= dataBase64.length;
      return dataBase64;
    } catch (error) {
      if (error instanceof TtError) return null;
      throw error;
    }
  }
}
