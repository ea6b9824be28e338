// `--watch`: shows an answer again at every event of the server, until Ctrl-C.
import { wholeItems } from '@tt/client';
import { interrupted } from './interrupts.ts';
import { withServer } from './server-choice.ts';
import { clearScreen } from './terminal.ts';

/**
 * `show` prints the answer as it is now. Events that come while it does are shown together. Rejects when `show` does, or with
 * AGENT_GONE.
 */
export async function watchWith(show: () => Promise<unknown>): Promise<void> {
  const waiting = interrupted();
  try {
    await withServer(async ({ client }) => {
      let news = Promise.withResolvers<void>();
      const read = async () => {
        const feed = await client.event.follow({}, { signal: waiting.signal });
        // The state at the start is news too: what changed before it is not told.
        for await (const { kind } of wholeItems(feed)) if (kind !== 'metrics') news.resolve();
      };
      const reading = read();
      // It is awaited in the loop; until then a failure is nobody's.
      reading.catch(() => {});
      while (!waiting.signal.aborted) {
        await Promise.race([news.promise, reading, waiting.promise]);
        if (waiting.signal.aborted) break;
        news = Promise.withResolvers();
        clearScreen();
        await show();
      }
      await reading.catch((error: unknown) => {
        if (!waiting.signal.aborted) throw error;
      });
    });
  } finally {
    waiting.stop();
  }
}
