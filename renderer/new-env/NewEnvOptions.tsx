// The rarely used options of a new ENV, behind one button: no outgoing connections, one UUID, a lifetime beyond the limit, a team.
import { LIFETIME_DEFAULT_S } from '@tt/protocol';
import { ChevronDown } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { useWords } from '../i18n/index.ts';
import { TeamPicker } from '../people/TeamPicker.tsx';
import { useStores } from '../state/stores-context.ts';
import type { NewEnvDraft } from './new-env-draft.ts';

export const NewEnvOptions = observer(function NewEnvOptions({ draft }: { draft: NewEnvDraft }) {
  const { me, hosts } = useStores();
  const t = useWords();
  const { denyOutgoing, sameUuid, overrideLimit, team } = draft.options;
  const count = [denyOutgoing, sameUuid, overrideLimit, team !== null].filter(Boolean).length;
  const setOverrideLimit = (value: boolean) => {
    draft.setOptions({ overrideLimit: value });
    const seconds = hosts.first?.lifetime.defaultS ?? LIFETIME_DEFAULT_S;
    // As a number of hours, or one of the choices: an end that is typed is neither.
    draft.typeEnd(null);
    if (!value) draft.setLifetime({ kind: 'seconds', seconds });
  };
  return (
    <DialogTrigger>
      <Button kind="quiet" icon={ChevronDown} aria-label={t('newEnv.options')}>
        {t('common.more')}
        {count > 0 && <span className="tag">{count}</span>}
      </Button>
      <Popover className="popover options-popover" placement="top end">
        <Dialog aria-label={t('newEnv.options')} className="options">
          <CheckField
            label={t('newEnv.denyOutgoing')}
            hint={t('newEnv.denyOutgoingHint')}
            value={denyOutgoing}
            onChange={(value) => draft.setOptions({ denyOutgoing: value })}
          />
          <CheckField
            label={t('newEnv.sameUuid')}
            hint={t('newEnv.sameUuidHint')}
            value={sameUuid}
            onChange={(value) => draft.setOptions({ sameUuid: value })}
          />
          {me.isAdmin && (
            <CheckField
              label={t('endings.overrideLimit')}
              hint={t('endings.overrideLimitHint')}
              value={overrideLimit}
              onChange={setOverrideLimit}
            />
          )}
          <TeamPicker value={team} onChange={(chosen) => draft.setOptions({ team: chosen })} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
});
