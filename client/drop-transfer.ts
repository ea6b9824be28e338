// Gives up a transfer that a client has begun and does not need any more.
import { type TtClient, TtError } from '@tt/protocol';

/** Nothing is left to do for one that has gone, e.g. as it failed, and one that an operation still uses goes with that operation. */
const GOES_ANYWAY: readonly string[] = ['TRANSFER_NOT_FOUND', 'TRANSFER_STATE', 'AGENT_GONE'];

export async function dropTransfer(
  { client }: { client: Pick<TtClient, 'transfer'> },
  transferId: string,
): Promise<void> {
  try {
    await client.transfer.drop({ transferId });
  } catch (error) {
    if (error instanceof TtError && GOES_ANYWAY.includes(error.code)) return;
    throw error;
  }
}
