// The screen of a VM as a picture. Viewers within the same second share one picture, so thumbnails cost little.
import { controlFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';

const FRESH_MS = 1000;

interface Picture {
  takenAt: string;
  contentType: 'image/png';
  dataBase64: string;
}

/** Keyed by the running VM's handle: a restarted VM never shows its old picture. */
const latest = new WeakMap<object, { at: number; picture: Promise<Picture> }>();

export async function vmScreenshot(
  services: Pick<Services, 'now' | 'inventory' | 'running'>,
  vmId: string,
): Promise<Picture> {
  const handle = services.running.need(vmId);
  const now = services.now().getTime();
  const known = latest.get(handle);
  // A clock that was put back must not keep a picture fresh.
  if (known && Math.abs(now - known.at) < FRESH_MS) return known.picture;
  const picture = handle.screenshot().then(
    ({ png, takenAt }): Picture => ({
      takenAt: takenAt.toISOString(),
      contentType: 'image/png',
      dataBase64: Buffer.from(png).toString('base64'),
    }),
    (error: unknown) => {
      latest.delete(handle);
      throw controlFailure(services.inventory.vm(vmId).name, error);
    },
  );
  latest.set(handle, { at: now, picture });
  return picture;
}
