// The fake bridge's calls about images: build, bring in, publish, rename, delete.
import type { Image, ImageUse, ImageWish, ImportSource } from '@tt/protocol';
import { isValidImageName, parseImageName, TtError, toErrorRecord } from '@tt/protocol';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

interface ImportInput extends ImageWish {
  name: string;
  operationId: string;
  source: ImportSource;
}

interface PublishInput extends ImageWish {
  name: string;
  operationId: string;
  vmId: string;
}

export function imageCalls(world: FakeWorld) {
  const find = (name: string): Image => {
    const image = world.images.get(name);
    if (!image) throw new TtError('IMAGE_NOT_FOUND', { wanted: name, near: [] });
    return image;
  };
  const put = (image: Image): Image => {
    world.images.set(image.name, image);
    world.emit('image.updated', image);
    return image;
  };
  const drop = (name: string) => {
    const { recipe } = find(name);
    if (recipe) put({ ...find(name), state: 'absent', sizeBytes: 0, problem: null });
    else {
      world.images.delete(name);
      world.emit('image.deleted', { name });
    }
  };
  const usedBy = (name: string): ImageUse[] =>
    [...world.vms.values()].filter((vm) => vm.image === name).map((vm) => ({ kind: 'vm', name: vm.name }));
  const mustBeUnused = (name: string) => {
    find(name);
    const users = usedBy(name).map((use) => use.name);
    if (users.length > 0) throw new TtError('IMAGE_IN_USE', { imageName: name, users });
  };
  const mustBeFree = (name: string) => {
    if (!isValidImageName(name)) throw new TtError('IMAGE_NAME_INVALID', { imageName: name });
    if (world.images.has(name)) throw new TtError('IMAGE_NAME_TAKEN', { imageName: name });
  };

  return {
    list: async () => ({ images: [...world.images.values()] }),
    show: async ({ name }: { name: string }) => ({ image: find(name), usedBy: usedBy(name) }),
    build: async ({ name, operationId: id }: { name: string; operationId: string }) => {
      const image = find(name);
      const instructions = image.recipe?.instructions ?? null;
      if (instructions !== null) throw new TtError('IMAGE_RECIPE_BY_HAND', { imageName: name, instructions });
      put({ ...image, state: 'building', problem: null });
      return operate(world, {
        id,
        kind: 'image.build',
        subject: { imageName: name },
        steps: ['findingPackages', 'unpacking', 'makingFileSystem', 'startingVm'],
        cancellable: true,
        finish: () => put({ ...image, state: 'ready', problem: null, sizeBytes: 48_000_000 }),
      }).catch((error: unknown) => {
        put({ ...image, state: 'failed', problem: error instanceof TtError ? toErrorRecord(error) : null });
        throw error;
      });
    },
    import: async ({ name, operationId: id, source, ...wish }: ImportInput) =>
      operate(world, {
        id,
        kind: 'image.import',
        subject: { imageName: name },
        steps: [source.kind === 'url' ? 'downloading' : 'copying', 'checking', 'converting'],
        cancellable: true,
        check: () => mustBeFree(name),
        finish: () => put(newImage(world, name, wish)),
      }),
    publish: async ({ name, operationId: id, vmId, ...wish }: PublishInput) =>
      operate(world, {
        id,
        kind: 'image.publish',
        subject: { imageName: name },
        steps: ['copyingDisk', 'checking'],
        cancellable: true,
        check: () => {
          if (!world.vms.has(vmId)) throw new TtError('VM_NOT_FOUND', { vmId });
          mustBeFree(name);
        },
        finish: () => put(newImage(world, name, wish)),
      }),
    rename: async ({ name, newName, operationId: id }: { name: string; newName: string; operationId: string }) =>
      operate(world, {
        id,
        kind: 'image.rename',
        subject: { imageName: name },
        steps: [],
        check: () => {
          mustBeUnused(name);
          mustBeFree(newName);
        },
        finish: () => {
          const image = find(name);
          drop(name);
          return put({ ...image, ...parts(newName), name: newName, recipe: null });
        },
      }),
    delete: async ({ name, operationId: id }: { name: string; operationId: string }) =>
      operate(world, {
        id,
        kind: 'image.delete',
        subject: { imageName: name },
        steps: [],
        check: () => mustBeUnused(name),
        finish: () => {
          drop(name);
          return { name };
        },
      }),
  };
}

function parts(name: string): { engine: string; os: string; variant: string } {
  return parseImageName(name) ?? { engine: '', os: name, variant: '' };
}

function newImage(world: FakeWorld, name: string, wish: ImageWish): Image {
  const { variant, ...rest } = parts(name);
  return {
    name,
    ...rest,
    variant,
    kind: variant === 'iso' ? 'iso' : 'disk',
    state: 'ready',
    problem: null,
    memo: wish.memo ?? '',
    sizeBytes: 480_000_000,
    features: wish.features ?? ['vnc', 'serial'],
    defaultLogin: wish.defaultLogin ?? null,
    minMemoryMiB: wish.minMemoryMiB ?? 256,
    minDiskMiB: 2048,
    firmware: wish.firmware ?? 'bios',
    owner: world.me.name,
    recipe: null,
    builtFrom: [],
  };
}
