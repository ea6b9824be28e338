// What followers were last told about the images, so that they only get changes.
import type { Image } from '@tt/protocol';

export interface ImageFollower {
  onChange: (image: Image) => void;
  onGone: (name: string) => void;
}

export class ImageNews {
  readonly #follower: ImageFollower;
  /** Images as JSON, by name. */
  readonly #told = new Map<string, string>();

  constructor(follower: ImageFollower) {
    this.#follower = follower;
  }

  /** These are already known: a new follower gets a snapshot of all. */
  remember(images: readonly Image[]): void {
    for (const image of images) this.#told.set(image.name, JSON.stringify(image));
  }

  /** Publishes what has changed since, given all existing images. */
  tell(images: readonly Image[]): void {
    for (const image of images) {
      const text = JSON.stringify(image);
      if (this.#told.get(image.name) === text) continue;
      this.#told.set(image.name, text);
      this.#follower.onChange(image);
    }
    const names = new Set(images.map(({ name }) => name));
    for (const name of [...this.#told.keys()].filter((known) => !names.has(known))) {
      this.#told.delete(name);
      this.#follower.onGone(name);
    }
  }
}
