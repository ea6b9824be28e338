// The image folder: one subfolder with an image.json for each image.
import { quoted, reason } from '@tt/protocol';
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
        if (code !== 'ENOENT')
          return needed(quoted('finding.imagesUnreadable', message, { folder }), reason('fix.letRead', { folder }));
        names = [];
      }
      const images = names.filter((name) => machine.exists(path.join(folder, name, 'image.json')));
      if (images.length > 0) return found(reason('finding.images', { count: images.length, folder }));
      if (prepareImages) return optional(reason('finding.imagesComing', { folder }));
      return optional(reason('finding.imagesMissing', { folder }), reason('fix.prepareImages'));
    },
  };
}
