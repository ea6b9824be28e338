// Why what is composed can’t be created now: asked by the button, by every key, and once more before anything is sent. Pure.
import { isValidName } from '@tt/protocol';
import { firstReason, type WhyNot } from '../components/action.ts';
import { typedProblem } from '../env/lifetime-choice.ts';
import type { Stores } from '../state/stores.ts';
import type { GroupsDraft } from './groups-draft.ts';
import type { NewEnvDraft } from './new-env-draft.ts';

type Sources = Pick<Stores, 'envs' | 'hosts' | 'me' | 'link'>;

/** What is wrong with a name; null: nothing that is known here. */
export function nameProblem(envs: Stores['envs'], name: string): 'invalid' | 'taken' | 'inBin' | null {
  if (!isValidName(name)) return 'invalid';
  if (envs.getDeleted(name)) return 'inBin';
  return envs.get(name) ? 'taken' : null;
}

export function whyNotCreate(sources: Sources, draft: NewEnvDraft): WhyNot | null {
  const { envs, link } = sources;
  if (draft.yaml) return firstReason({ incomplete: !draft.canCreate, linkDown: !link.up });
  const mistake = nameProblem(envs, draft.name) !== null || endProblem(sources, draft) !== null;
  return firstReason({ mistake }) ?? whyNotAdd(sources, draft);
}

/** What is wrong with the end that is typed; null: nothing, or none is. */
export function endProblem(
  { hosts }: Pick<Sources, 'hosts'>,
  { endText, options }: NewEnvDraft,
  now = Date.now(),
): 'none' | 'tooLate' | null {
  if (endText === null || options.overrideLimit) return null;
  return typedProblem(endText, now, hosts.first?.lifetime.maxS ?? null);
}

/** The same for machines of an ENV that is there. */
export function whyNotAdd({ hosts, me, link }: Omit<Sources, 'envs'>, draft: GroupsDraft): WhyNot | null {
  const host = hosts.first;
  return firstReason({
    incomplete: draft.groups.length === 0,
    mistake: !draft.groups.every(({ isValid }) => isValid),
    // What is not known fits: the agent decides.
    overCapacity: host !== null && !draft.whatIf(host, me.me).fits,
    linkDown: !link.up,
  });
}
