// The port to the agent in a guest, which takes one client at a time: questions are asked one by one, and each waits until the
// client before it has been seen to leave.
import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from '../../host/mutex.ts';
import { EngineError } from '../errors.ts';
import type { Turn } from '../guest-exec.ts';
import { GUEST_AGENT_PORT } from './command-line.ts';
import type { QmpClient } from './qmp-client.ts';

/** QEMU sees a client leave the guest agent's socket within its next loop. */
const LEAVE_TIMEOUT_MS = 500;
const LOOK_AGAIN_MS = 10;

export class GuestPort {
  readonly #qmp: QmpClient;
  readonly #before: () => Promise<unknown>;
  readonly #questions = new Mutex();

  /** `before`: what each question waits for besides those before it. */
  constructor(qmp: QmpClient, before: () => Promise<unknown>) {
    this.#qmp = qmp;
    this.#before = before;
  }

  /** Runs `ask` once it is its turn. COMMAND_FAILED while somebody else talks to the agent in the guest. */
  readonly turn: Turn = (ask) =>
    this.#questions.run(async () => {
      await this.#before();
      await this.#mustBeFree();
      return ask();
    });

  /** Whoever connects second waits unheard for the first to leave, so a silent guest can't be told from a busy line. */
  async #mustBeFree(): Promise<void> {
    const deadline = Date.now() + LEAVE_TIMEOUT_MS;
    for (;;) {
      const devices = await this.#qmp.execute('query-chardev', {});
      const port = devices.find(({ label }) => label === GUEST_AGENT_PORT);
      if (port?.filename.startsWith('disconnected:')) return;
      if (Date.now() > deadline) {
        throw new EngineError('COMMAND_FAILED', `somebody else talks to the agent in the guest: ${port?.filename}`);
      }
      await delay(LOOK_AGAIN_MS);
    }
  }
}
