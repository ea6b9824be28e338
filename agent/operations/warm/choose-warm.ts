// Pure: which images the agent should keep warm unasked, within a budget, and which it should not any more.
import type { ImageUseRecord, WarmMachine } from '../../warm/image-uses.ts';

export interface WarmBudget {
  count: number;
  diskMiB: number;
  memoryMiB: number;
}

/** A warm instant that the agent made itself. */
export interface AutomaticWarm {
  imageName: string;
  sizeMiB: number;
}

export interface WarmChoice {
  /** Images whose automatic instants are to be removed, the least used first. */
  drop: string[];
  /** The most used image that is not warm and fits; null: none. */
  make: { imageName: string; machine: WarmMachine } | null;
}

/**
 * `ranking`: images that can be warmed, the most used first. `automatic`: what there is; `byHand`: images that somebody warmed, which
 * take none of the budget. What an image will take is not known before it is warm: its memory is the guess.
 */
export function chooseWarm(
  { count, diskMiB, memoryMiB }: WarmBudget,
  ranking: readonly Pick<ImageUseRecord, 'imageName' | 'machine'>[],
  automatic: readonly AutomaticWarm[],
  byHand: ReadonlySet<string>,
): WarmChoice {
  const sizes = new Map(automatic.map(({ imageName, sizeMiB }) => [imageName, sizeMiB]));
  const wanted = new Set<string>();
  let leftMiB = diskMiB;
  let make: WarmChoice['make'] = null;
  for (const { imageName, machine } of ranking) {
    if (wanted.size >= count) break;
    if (byHand.has(imageName)) {
      wanted.add(imageName);
      continue;
    }
    const sizeMiB = sizes.get(imageName) ?? machine.plain.memoryMiB;
    if (machine.plain.memoryMiB > memoryMiB || sizeMiB > leftMiB) continue;
    wanted.add(imageName);
    leftMiB -= sizeMiB;
    if (!sizes.has(imageName)) make ??= { imageName, machine };
  }
  const place = (imageName: string) => {
    const found = ranking.findIndex((one) => one.imageName === imageName);
    return found < 0 ? ranking.length : found;
  };
  const drop = [...sizes.keys()].filter((name) => !wanted.has(name)).sort((a, b) => place(b) - place(a));
  return { drop, make };
}
