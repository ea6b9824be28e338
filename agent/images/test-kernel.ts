// Where the Linux kernel for the acceleration probe is, once the tiny image has been built.
import path from 'node:path';
import { KERNEL_FILE } from './built-manifest.ts';
import { tinyRecipe } from './recipes/tiny/build.ts';

/** Absolute path, which exists from the moment the image is complete: a build ends with a rename of its folder. */
export function testKernelIn(imageDirectory: string): string {
  return path.join(imageDirectory, tinyRecipe.directoryName, KERNEL_FILE);
}
