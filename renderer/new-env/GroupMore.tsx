// "More" of one chosen system: disks, firmware, ports, network, NICs, bandwidth, and blocked destinations.
import { type NetKind, NICS_MAX } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { More } from '../components/More.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { CloudInitFields } from '../cloud-init/CloudInitFields.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import { bandwidthLimits, diskLimits, type DraftGroup } from './draft-group.ts';
import { NewMachineChoices } from '../machines/MachineChoices.tsx';
import { parsePorts } from '../machines/port-request.ts';

const AS_HOST = 'default';

export const GroupMore = observer(function GroupMore({ group }: { group: DraftGroup }) {
  const { hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const { os, minDiskMiB } = group.image;
  const moreDisks = parseDiskSizes(group.moreDisks);
  const rateBounds = { min: format.number(bandwidthLimits.min), max: format.number(bandwidthLimits.max) };
  const usable = hosts.first?.networks.filter(({ problem }) => problem === null) ?? [];
  // The first is the default of the host.
  const kindNow = group.netKind ?? usable[0]?.kind;
  return (
    <More title={t('common.more')} label={t('machines.moreOf', { os })}>
      <Field
        label={t('machines.portsOf', { os })}
        hint={t('machines.portsHint')}
        placeholder="80, 53/udp"
        value={group.ports}
        onChange={(ports) => group.change({ ports })}
        error={parsePorts(group.ports) === null ? t('machines.portsInvalid') : null}
        mono
      />
      <Field
        label={t('machines.diskOf', { os })}
        hint={group.diskMiB === null ? t('machines.sizeHint') : format.mebibytes(group.diskMiB)}
        placeholder={`${t('machines.diskDefault')}: ${format.mebibytes(minDiskMiB)}`}
        value={group.diskText}
        onChange={(text) => group.typeDisk(text)}
        error={
          group.diskProblem &&
          t(`newEnv.memoryProblems.${group.diskProblem}`, {
            min: format.mebibytes(Math.max(diskLimits.min, minDiskMiB)),
            max: format.mebibytes(diskLimits.max),
          })
        }
        mono
      />
      <Field
        label={t('machines.moreDisksOf', { os })}
        hint={moreDisks?.length ? moreDisks.map(format.mebibytes).join(' + ') : t('machines.moreDisksHint')}
        placeholder="10 GiB, 512 MiB"
        value={group.moreDisks}
        onChange={(moreDisks) => group.change({ moreDisks })}
        error={moreDisks === null ? t('machines.moreDisksInvalid') : null}
        mono
      />
      <NewMachineChoices value={group.choices} onChange={(choices) => group.change({ choices })} />
      {usable.length > 1 && (
        <ChoiceField<NetKind | typeof AS_HOST>
          label={t('machines.kindLabel')}
          value={group.netKind ?? AS_HOST}
          options={[
            { value: AS_HOST, label: t('machines.kindDefault') },
            ...usable.map(({ kind }) => ({ value: kind, label: t(`machines.kinds.${kind}`) })),
          ]}
          onChange={(kind) => group.change({ netKind: kind === AS_HOST ? null : kind })}
          {...(kindNow && { hint: t(`machines.kindHints.${kindNow}`) })}
        />
      )}
      <div className="line">
        <span className="muted">{t('machines.nicCount')}</span>
        <Stepper
          label={t('machines.nicCountOf', { os })}
          value={group.nicCount}
          min={1}
          max={NICS_MAX}
          onChange={(nicCount) => group.change({ nicCount })}
        />
      </div>
      <Field
        label={t('machines.bandwidthOf', { os })}
        hint={
          group.bandwidthMbps === null
            ? t('machines.rateHint')
            : t('machines.limit', { mbps: format.number(group.bandwidthMbps) })
        }
        placeholder={t('machines.noLimit')}
        value={group.bandwidthText}
        onChange={(text) => group.typeBandwidth(text)}
        error={group.bandwidthProblem && t(`machines.rateProblems.${group.bandwidthProblem}`, rateBounds)}
        mono
      />
      <Field
        label={t('machines.blacklistOf', { os })}
        hint={t('machines.blacklistHint')}
        value={group.blacklist}
        onChange={(blacklist) => group.change({ blacklist })}
        error={parseDestinations(group.blacklist) === null ? t('machines.blacklistInvalid') : null}
        mono
      />
      <CloudInitFields cloudInit={group.cloudInit} os={os} />
    </More>
  );
});
