// Whether a warm instant is still of the image that bears its name.
import { versionOfImage } from '../../warm/image-version.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import type { Services } from '../services.ts';

/** Its image is gone, or another one by now. */
export async function isStale(
  { images }: Pick<Services, 'images'>,
  { imageName, imageVersion }: Pick<WarmRecord, 'imageName' | 'imageVersion'>,
): Promise<boolean> {
  const image = images.findReady(imageName);
  return image === null || (await versionOfImage(image)) !== imageVersion;
}
