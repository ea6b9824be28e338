// The image folder: one subfolder with an image.json for each image.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Check, found, needed, optional } from '../check.ts';

export function imagesCheck(folder: string, prepareImages: boolean): Check {
  return {
    name: 'images',
    async look(machine) {
      let names: string[];
      try {
        names = await readdir(folder);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT') return needed(`${folder} can't be read: ${message}`, `Let this user read ${folder}.`);
        names = [];
      }
      const images = names.filter((name) => machine.exists(path.join(folder, name, 'image.json')));
      if (images.length > 0) return found(`${images.length} in ${folder}`);
      if (prepareImages) return optional(`none in ${folder}; the tiny Linux is built at the first start`);
      return optional(
        `none in ${folder}: no VM can be created`,
        'Start the agent without --no-prepare (prepareImages: true), or put image folders there.',
      );
    },
  };
}
