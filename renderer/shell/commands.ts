// Everything the command palette can find: places, machines, snapshots and verbs; and what of it is shown. Verbs are worked out for
// what is shown: with 500 ENVs of 3000 machines there are 30 000.
import { autorun, compareStructural, computed } from 'mobx';
import type { Translate } from '../i18n/index.ts';
import { imageActions, isBuildable, warmAction } from '../images/actions.ts';
import type { Stores } from '../state/stores.ts';
import { templateActions } from '../templates/actions.ts';
import { type Command, type CommandGroup, commandGroups, commandsOf } from './command.ts';
import { findable, findCommands } from './find-commands.ts';
import { NamedThings, type Thing } from './named-things.ts';
import { placeCommands, windowCommands } from './plain-commands.ts';

type ThingGroup = Exclude<CommandGroup, 'recent'>;
const thingGroups = commandGroups.filter((group) => group !== 'recent');

export interface Shown {
  group: CommandGroup;
  commands: Command[];
}

/** Asked while a component is drawn, it keeps what lines are called until a name changes. */
export class PaletteCommands {
  readonly #stores: Stores;
  readonly #t: Translate;
  readonly #named: NamedThings;

  constructor(stores: Stores, t: Translate) {
    this.#stores = stores;
    this.#t = t;
    this.#named = new NamedThings(stores, t);
  }

  readonly #envNames = computed(() => [...this.#named.envs()], { equals: compareStructural });
  readonly #machineNames = computed(() => [...this.#named.machines()], { equals: compareStructural });
  readonly #snapshotNames = computed(() => this.#named.snapshots(), { equals: compareStructural });
  readonly #envs = computed(() => this.#envNames.get().map((env) => findable(this.#named.env(env))));
  readonly #machines = computed(() => this.#machineNames.get().map((vm) => findable(this.#named.machine(vm))));
  readonly #snapshots = computed(() => this.#snapshotNames.get().map((one) => findable(this.#named.snapshot(one))));

  /**
   * What is shown for what was typed: the first `most` of each group that holds any. While nothing is typed, those that were run
   * last and are still there come first (`recentIds`, the last one first), each in its new group; typed words decide otherwise.
   */
  shown(query: string, recentIds: readonly string[], most: number): Shown[] {
    const shown = query.trim() === '' ? this.#first(recentIds, most) : this.#found(query, recentIds, most);
    return shown.filter(({ commands }) => commands.length > 0);
  }

  /** Keeps what is found by names ready until the answer is called, so that the first key need not wait for it. */
  prepare(): () => void {
    return autorun(() => void [this.#envs.get(), this.#machines.get(), this.#snapshots.get()]);
  }

  /** All there are, each worked out. */
  all(): Command[] {
    return thingGroups.flatMap((group) => [...this.#things(group)].flatMap(({ commands }) => commands()));
  }

  #first(recentIds: readonly string[], most: number): Shown[] {
    const recent = this.#still(recentIds);
    const ids = new Set(recent.map(({ id }) => id));
    const rest = thingGroups.map((group): Shown => {
      const commands: Command[] = [];
      for (const thing of this.#things(group)) {
        if (commands.length >= most) break;
        commands.push(...thing.commands().filter(({ id }) => !ids.has(id)));
      }
      return { group, commands: commands.slice(0, most) };
    });
    const asRecent = recent.slice(0, most).map((command): Command => ({ ...command, group: 'recent' }));
    return [{ group: 'recent', commands: asRecent }, ...rest];
  }

  #found(query: string, recentIds: readonly string[], most: number): Shown[] {
    return thingGroups.map((group) => ({
      group,
      commands: findCommands(this.#findable(group), query, recentIds, most),
    }));
  }

  #findable(group: ThingGroup) {
    if (group === 'envs') return this.#envs.get();
    if (group === 'machines') return this.#machines.get();
    if (group === 'snapshots') return this.#snapshots.get();
    return [...this.#things(group)].map(findable);
  }

  *#things(group: ThingGroup): Generator<Thing> {
    const named = this.#named;
    if (group === 'envs') for (const env of named.envs()) yield named.env(env);
    else if (group === 'machines') for (const vm of named.machines()) yield named.machine(vm);
    else if (group === 'snapshots') for (const snapshot of named.snapshots()) yield named.snapshot(snapshot);
    else for (const command of this.#few(group)) yield alone(command);
  }

  /** Of groups that are never long, worked out at once. */
  #few(group: 'commands' | 'images' | 'go'): Command[] {
    if (group === 'images') return ofImages(this.#stores, this.#t);
    if (group === 'go') return placeCommands(this.#stores, this.#t);
    return [...windowCommands(this.#stores, this.#t), ...ofTemplates(this.#stores, this.#t)];
  }

  /** Those that are still there. */
  #still(ids: readonly string[]): Command[] {
    if (ids.length === 0) return [];
    const few = (['commands', 'images', 'go'] as const).flatMap((group) => this.#few(group));
    return ids.flatMap((id): Command[] => {
      const thing = this.#named.ending(id.slice(id.indexOf(':') + 1));
      const command = [...few, ...(thing?.commands() ?? [])].find((known) => known.id === id);
      return command ? [command] : [];
    });
  }
}

function alone(command: Command): Thing {
  const { id, label } = command;
  const of = id.slice(id.indexOf(':') + 1);
  return { of, ids: () => [id], labels: () => [label], commands: () => [command] };
}

/** Only what means something for the image as it is. */
function ofImages(stores: Stores, t: Translate): Command[] {
  return stores.images.offered.flatMap((image) => {
    const can = imageActions(stores, image, t);
    const warm = warmAction(image, can);
    const named = { image: image.name };
    return commandsOf('images', { of: image.name }, [
      ...(isBuildable(image) ? [[can.build, t('images.buildOf', named)] as const] : []),
      ...(warm ? [[warm, t(warm.id === 'letGo' ? 'images.letGoOf' : 'images.keepWarmOf', named)] as const] : []),
      [can.details, t('images.detailsOf', named)],
    ]);
  });
}

function ofTemplates(stores: Stores, t: Translate): Command[] {
  return stores.templates.all.flatMap((template) => {
    const { use } = templateActions(stores, template, t);
    return commandsOf('commands', { of: template.name }, [
      [use, t('shell.palette.useTemplate', { template: template.name })],
    ]);
  });
}
