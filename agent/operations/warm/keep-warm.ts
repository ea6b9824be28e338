// The background task that keeps the most used images warm, as far as `warmImages` of the configuration allows. Also removes instants
// that nobody can use any more.
import { TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import type { WarmMachine } from '../../warm/image-uses.ts';
import { inBackground } from '../background/in-background.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { chooseWarm } from './choose-warm.ts';
import { planHidden } from './hidden-vm.ts';
import { dropWarm, sweepWarm } from './remove-warm.ts';
import { warmImageOperation } from './warm-image.ts';

const MIB = 1024 * 1024;

/** Starts one warming at most, and does not wait for it. */
export async function keepWarm(services: Services): Promise<void> {
  const { imageUses, images, now, settings, warm } = services;
  await sweepWarm(services);
  const records = warm.list().filter(({ phase }) => phase !== 'deleting');
  const automatic = records.filter((record) => record.isAutomatic && record.phase === 'ready');
  if (settings.current.warmImages.count === 0 && automatic.length === 0) return;
  const { drop, make } = chooseWarm(
    settings.current.warmImages,
    imageUses
      .ranking(now())
      .filter(
        ({ imageName, machine }) => images.findReady(imageName) !== null && canBeWarm(services, imageName, machine),
      ),
    automatic.map(({ imageName, sizeBytes }) => ({ imageName, sizeMiB: Math.ceil(sizeBytes / MIB) })),
    new Set(records.filter(({ isAutomatic }) => !isAutomatic).map(({ imageName }) => imageName)),
  );
  for (const record of automatic) if (drop.includes(record.imageName)) await dropWarm(services, record);
  // One after the other; also not beside those that people warm.
  if (!make || warm.isBusy) return;
  const { imageName, machine } = make;
  if (!warm.mayTry(imageName, now())) return;
  const input = { name: imageName, ...machine.plain, diskMiB: machine.diskMiB, nicCount: machine.nicCount };
  const work = runOperation(services, warmImageOperation, input, AGENT).catch((error: unknown) => {
    // Not every minute what failed just now.
    warm.noteFailure(imageName, now());
    throw error;
  });
  inBackground(services, work, { imageName }, 'could not warm an image');
}

function canBeWarm(services: Services, imageName: string, { plain, diskMiB, nicCount }: WarmMachine): boolean {
  try {
    planHidden(services, imageName, { ...plain, diskMiB, nicCount });
    return true;
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    return false;
  }
}
