// Section `console`: the way of a guest's screen to a viewer, through the agent and through websockify.
import { atLeast, type Comparison, short } from '../comparison.ts';
import type { BenchContext, Section } from '../section.ts';
import { measureFirstPicture } from './first-picture.ts';
import { measureGuestScreen } from './guest-screen.ts';
import { measureRawRelay } from './raw-relay.ts';

export const consoleSection: Section = {
  name: 'console',
  title: "the agent's stream against websockify and a direct socket",
  parts: ['relay', 'drop'],
  async run(context) {
    const comparisons: Comparison[] = [];
    const images = await context.imageDirectory();
    if (context.wants('relay')) comparisons.push(...(await measureRelays(context, images)));
    if (context.wants('drop')) comparisons.push(...(await measureFirstPicture(context, images)));
    return {
      comparisons,
      notes: [
        'relay: the agent with a synthetic console (floods or echoes) behind its stream; screen: a real guest of QEMU.',
        'screen: the pointer moves before each request. QEMU looks for changes every 30 ms, which hides the relays.',
        'revert: without a safety snapshot, drop: with one, as in the window; bare: quit, start with -loadvm, connect, and ask for the whole screen.',
      ],
      peerCommands: ['websockify --unix-target=VM.sock 127.0.0.1:PORT', 'direct: the unix socket itself, no relay'],
    };
  },
};

async function measureRelays(context: BenchContext, images: string): Promise<Comparison[]> {
  const raw = await measureRawRelay(context);
  const screen = await measureGuestScreen(context, images);
  const head: Comparison = {
    what: 'relay: bytes, against what one guest makes',
    ours: `${short(raw.agentMibPerS)} MiB/s`,
    peer: `${short(screen.mibPerS)} MiB/s`,
    ratio: raw.agentMibPerS / screen.mibPerS,
    goal: atLeast(10),
  };
  return [...raw.comparisons, head, ...screen.comparisons];
}
