// The choices of a machine (firmware, boot order ...), one field for each that the contract's table has: of an existing machine, and
// of one that is to be made.
import {
  type ChoiceFieldName,
  choiceFieldNames,
  choicesOf,
  type MachineChoices as Choices,
  plainFields,
  type PlainSpec,
} from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { type Translate, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStart } from './vm-store.ts';
import type { DrivesProps } from './DiskFields.tsx';

type Value = PlainSpec[ChoiceFieldName];

const BY_DEFAULT = 'default';

function optionsOf(name: ChoiceFieldName, t: Translate): { value: Value; label: string }[] {
  const values = (choicesOf(name) ?? []) as Value[];
  return values.map((value) => ({ value, label: t(`disks.values.${value}`) }));
}

/** Of a machine that is there. Those that change only while it is stopped wait until it is. */
export const MachineChoices = observer(function MachineChoices({ vm, whyNot, run }: DrivesProps) {
  const { drives } = useStores();
  const t = useWords();
  const isUp = !canStart(vm.state);
  return (
    <section aria-label={t('disks.start')}>
      <h3 className="drives-head">{t('disks.start')}</h3>
      <div className="line">
        {choiceFieldNames.map((name) => (
          <ChoiceField<Value>
            key={name}
            label={t(`disks.choices.${name}`)}
            value={vm.spec[name]}
            options={optionsOf(name, t)}
            onChange={(value) => void run(() => drives.choose(vm, { [name]: value }))}
            whyNot={firstReason({ mustStop: isUp && plainFields[name].change === 'stopped' }) ?? whyNot}
          />
        ))}
      </div>
      {isUp && <p className="field-hint">{t('disks.stopFirst')}</p>}
    </section>
  );
});

/** Of machines that are to be made; a choice nobody makes is the image's, or the default. */
export function NewMachineChoices({ value, onChange }: { value: Choices; onChange: (value: Choices) => void }) {
  const t = useWords();
  return choiceFieldNames.map((name) => (
    <ChoiceField<Value | typeof BY_DEFAULT>
      key={name}
      label={t(`disks.choices.${name}`)}
      value={value[name] ?? BY_DEFAULT}
      options={[{ value: BY_DEFAULT, label: t('machines.diskDefault') }, ...optionsOf(name, t)]}
      onChange={(chosen) => {
        const { [name]: _before, ...others } = value;
        onChange(chosen === BY_DEFAULT ? others : { ...others, [name]: chosen });
      }}
    />
  ));
}
