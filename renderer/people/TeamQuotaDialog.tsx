// What a team may have together, over all ENVs that are shared with it; for administrators.
import { quotaSchema, type Team } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { NumberOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { quotaFormat, quotaNames } from './quota-names.ts';
import { useStores } from '../state/stores-context.ts';

/** The agent has no upper one. */
const BOUNDS = { min: 0, max: Number.MAX_SAFE_INTEGER };

export interface TeamQuotaDialogProps {
  team: Team;
  onClose: () => void;
}

export const TeamQuotaDialog = observer(function TeamQuotaDialog({ team, onClose }: TeamQuotaDialogProps) {
  const { teams } = useStores();
  const t = useWords();
  const format = useFormat();
  const form = useFormOf(quotaSchema, team.quota);
  return (
    <FormDialog
      title={t('settings.quotaOf', { team: team.name })}
      verb={t('common.save')}
      form={form}
      onClose={onClose}
      submit={(quota) => teams.setQuota(team.name, quota)}
      done={() => t('settings.quotaSaved', { team: team.name })}
    >
      <p className="muted">{t('settings.quotaText')}</p>
      {quotaNames.map((name) => (
        <NumberOf
          key={name}
          control={form.control}
          name={name}
          label={t(`settings.quotaFields.${name}`)}
          placeholder={t('settings.noLimit')}
          hint={t('settings.quotaUsed', { used: quotaFormat(name, format)(team.used[name]) })}
          {...BOUNDS}
        />
      ))}
    </FormDialog>
  );
});
