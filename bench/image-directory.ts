// The bench's guest images: a folder of ready images given by `--image-path`, otherwise the tiny image of the
// real-VM tests (built the first time, a minute or two).
import { cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { testImage } from '../agent/images/test-image.ts';

/** `folder` is the section's own: the image is copied there, since the tests' cache may hold older builds beside it. */
export async function imageDirectory(given: string | undefined, folder: string): Promise<string> {
  if (given !== undefined) {
    await stat(given);
    return path.resolve(given);
  }
  const { directory } = await testImage();
  const images = path.join(folder, 'real-images');
  await mkdir(images);
  await cp(directory, path.join(images, path.basename(directory)), { recursive: true });
  return images;
}
