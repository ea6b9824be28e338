// Creates what was composed. What the agent refuses at once comes back for the sheet; once the ENV is in the making the sheet
// gives way to its page, and a later failure offers to open the sheet again with the same content.
import type { TtError } from '@tt/protocol';
import { when } from 'mobx';
import type { EnvSpec } from '../env/env-store.ts';
import { translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import type { NewEnvDraft } from './new-env-draft.ts';

export async function createFromDraft(stores: Stores, draft: NewEnvDraft, request: EnvSpec): Promise<TtError | null> {
  const { envs, view, toasts } = stores;
  const existedBefore = envs.items.has(request.name);
  const created = envs.createEnv(request);
  const appeared = when(() => !existedBefore && envs.items.has(request.name));
  const first = await Promise.race([created, appeared.then(() => null)]);
  appeared.cancel();
  if (first && !first.ok) return first.error;
  view.close();
  // Should it fail now, the message about it brings it back.
  view.keepNewEnv(null);
  view.goToEnv(request.name);
  void created.then((outcome) => {
    if (outcome.ok) return toasts.say(translate('newEnv.created', { env: request.name }));
    if (outcome.error.code === 'OPERATION_CANCELLED') {
      return toasts.say(translate('activity.cancelled', { title: request.name }), { tone: 'info' });
    }
    return toasts.fail(translate('newEnv.failed', { env: request.name }), outcome.error, {
      label: translate('newEnv.change'),
      run: () => view.open({ kind: 'newEnv', draft }),
    });
  });
  return null;
}
