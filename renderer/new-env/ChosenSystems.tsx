// Middle of the sheets: what is chosen, how many copies, how large each, and more of each; whether they may wake from warm images.
import { newMachineFields } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { SizeField } from '../components/SizeField.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { limitsOf } from '../forms/limits.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { type DraftGroup, memoryLimits } from './draft-group.ts';
import { GroupMore } from './GroupMore.tsx';
import type { GroupsDraft } from './groups-draft.ts';
import { OsMark } from '../images/OsMark.tsx';

const MOST_COPIES = 200;

export const ChosenSystems = observer(function ChosenSystems({ draft }: { draft: GroupsDraft }) {
  const t = useWords();
  return (
    <section className="sheet-column sheet-chosen" aria-label={t('newEnv.chosen')}>
      <h3>
        {t('newEnv.chosen')}
        {draft.vmCount > 0 && <span className="muted"> {t('envs.machines', { count: draft.vmCount })}</span>}
      </h3>
      {draft.groups.length === 0 && <p className="muted">{t('newEnv.chosenEmpty')}</p>}
      <Rows
        items={draft.groups}
        keyOf={({ image }) => image.name}
        height={112}
        className="groups"
        label={t('newEnv.chosen')}
      >
        {(group, place) => (
          <Group key={group.image.name} group={group} place={place} onRemove={() => draft.remove(group.image.name)} />
        )}
      </Rows>
      {draft.canWake && (
        <div className="group-start">
          <CheckField
            label={t('newEnv.cold')}
            hint={t('newEnv.coldHint')}
            value={draft.cold}
            onChange={(cold) => draft.setCold(cold)}
          />
        </div>
      )}
    </section>
  );
});

interface GroupProps {
  group: DraftGroup;
  place: RowPlace;
  onRemove: () => void;
}

const Group = observer(function Group({ group, place, onRemove }: GroupProps) {
  const t = useWords();
  const format = useFormat();
  const { os, minMemoryMiB } = group.image;
  return (
    <li className="group-place" {...place}>
      <div className="group">
        <div className="group-head">
          <OsMark os={os} />
          {group.image.variant !== 'default' && <span className="muted mono ellipsis">{group.image.variant}</span>}
          <span className="spacer" />
          <Stepper
            label={t('newEnv.copies', { os })}
            value={group.copies}
            min={1}
            max={MOST_COPIES}
            prefix="×"
            onChange={(copies) => group.change({ copies })}
          />
          <Button kind="quiet" size="small" icon={X} label={t('newEnv.remove', { os })} onPress={onRemove} />
        </div>
        <div className="group-size">
          <span className="group-part">
            <span className="muted">{t('newEnv.cpu')}</span>
            <Stepper
              label={t('newEnv.cpuOf', { os })}
              value={group.cpuCount}
              {...limitsOf(newMachineFields.cpuCount)}
              onChange={(cpuCount) => group.change({ cpuCount })}
            />
          </span>
          <span className="group-part">
            <span className="muted">{t('newEnv.memory')}</span>
            <SizeField
              label={t('newEnv.memoryOf', { os })}
              text={group.memoryText}
              valueMiB={group.memoryProblem === null ? group.memoryMiB : null}
              minMiB={Math.max(memoryLimits.min, minMemoryMiB)}
              maxMiB={memoryLimits.max}
              stepMiB={64}
              error={
                group.memoryProblem &&
                t(`newEnv.memoryProblems.${group.memoryProblem}`, {
                  min: format.mebibytes(minMemoryMiB),
                  max: format.mebibytes(memoryLimits.max),
                })
              }
              onType={(text) => group.typeMemory(text)}
            />
          </span>
        </div>
        <GroupMore group={group} />
      </div>
    </li>
  );
});
