// In the sheet for exports: how it came to that state, as recorded screens that go into the file; and whether keys are in them.
import { clockText } from '@tt/client/recordings';
import { RECORDING_END } from '@tt/protocol';
import { Film } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { FileTrigger } from 'react-aria-components';
import { type WhyNot, firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { RecordingChoice } from './use-recording-choice.ts';

export interface RecordingFieldsProps {
  choice: RecordingChoice;
  /** Why nothing can be changed now. */
  whyNot: WhyNot | null;
}

export const RecordingFields = observer(function RecordingFields({ choice, whyNot }: RecordingFieldsProps) {
  const t = useWords();
  const { all, isChosen, isFull, refused } = choice;
  const button = (
    <Button icon={Film} whyNot={whyNot ?? firstReason({ full: isFull })}>
      {t('recordings.attachFile')}
    </Button>
  );
  return (
    <fieldset className="field recording-fields">
      <legend className="field-label">{t('recordings.attach')}</legend>
      <span className="field-hint">{t('recordings.attachHint')}</span>
      {all.map((one) => (
        <CheckField
          key={one.id}
          label={t(one.facts.hasKeys ? 'recordings.ofEnvWithKeys' : 'recordings.ofEnv', {
            vm: shortVmName(one.facts.vmName),
            time: clockText(one.facts.lengthMs),
          })}
          hint={one.fileName}
          value={isChosen(one)}
          onChange={(on) => choice.choose(one, on)}
          whyNot={whyNot ?? (isChosen(one) ? null : firstReason({ full: isFull }))}
        />
      ))}
      {whyNot === null && !isFull ? (
        <FileTrigger
          acceptedFileTypes={[RECORDING_END]}
          onSelect={(list) => {
            const file = list?.[0];
            if (file) void choice.add(file);
          }}
        >
          {button}
        </FileTrigger>
      ) : (
        button
      )}
      {refused && (
        <span role="alert" className="field-error">
          {refused.fileName}: {t(`recordings.refused.${refused.why}`)}
        </span>
      )}
      {choice.haveKeys && (
        <CheckField
          label={t('recordings.withoutKeys')}
          hint={t('recordings.keysHint')}
          value={choice.leavesOutKeys}
          onChange={choice.leaveOutKeys}
          whyNot={whyNot}
        />
      )}
    </fieldset>
  );
});
