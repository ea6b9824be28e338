// Typing by the agent, which knows what the guest has read of its keyboard. Used by ConsolePage.
import type { TtClient } from '@tt/protocol';
import type { TypeAsGuestReads } from './guest-keyboard.ts';

export function typeByAgent(client: TtClient, vmId: string): TypeAsGuestReads {
  return async (characters) => {
    const strokes = characters.map((stroke) => stroke.map(({ code, down }) => ({ code, down })));
    return (await client.console.type({ vmId, strokes })).typed;
  };
}
