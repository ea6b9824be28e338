// Typing a text on several machines, each as fast as its guest reads. One that does not read, or whose keyboard somebody else has, is left
// behind; the others go on.
import { type TtClient, TtError } from '@tt/protocol';
import type { KeyStrokes, TypeAsGuestReads } from '../consoles/guest-keyboard.ts';
import { typeByAgent } from '../consoles/type-by-agent.ts';

/** `vmIdsNow`: those that are typed on at the time of each call. */
export function typeOnAll(client: TtClient, vmIdsNow: () => readonly string[]): TypeAsGuestReads {
  const left = new Set<string>();
  return async (characters) => {
    const vmIds = vmIdsNow().filter((vmId) => !left.has(vmId));
    const typed = await Promise.all(
      vmIds.map(async (vmId) => {
        const type = typeByAgent(client, vmId);
        let done = 0;
        while (done < characters.length) {
          const more = await typeOrLeave(type, characters.slice(done));
          if (more === 0) {
            left.add(vmId);
            return 0;
          }
          done += more;
        }
        return done;
      }),
    );
    return typed.some((count) => count > 0) ? characters.length : 0;
  };
}

async function typeOrLeave(type: TypeAsGuestReads, characters: readonly KeyStrokes[]): Promise<number> {
  try {
    return await type(characters);
  } catch (error) {
    if (error instanceof TtError && error.code === 'KEYBOARD_TAKEN') return 0;
    throw error;
  }
}
