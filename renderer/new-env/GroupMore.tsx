// "More" of one chosen system: disks, firmware, ports, network, NICs, bandwidth, and blocked destinations.
import { type NetKind, newMachineFields, NICS_MAX, nicSpecSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { More } from '../components/More.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { CloudInitFields } from '../cloud-init/CloudInitFields.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import { limitsOf } from '../forms/limits.ts';
import type { DraftGroup } from './draft-group.ts';
import { NewMachineChoices } from '../machines/MachineChoices.tsx';
import { parsePorts } from '../machines/port-request.ts';

const AS_HOST = 'default';

export const GroupMore = observer(function GroupMore({ group }: { group: DraftGroup }) {
  const { hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const { os, minDiskMiB } = group.image;
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
      <OptionalNumber
        label={t('machines.diskOf', { os })}
        value={group.diskMiB}
        onChange={(diskMiB) => group.change({ diskMiB })}
        {...limitsOf(newMachineFields.diskMiB)}
        min={minDiskMiB}
        placeholder={`${t('machines.diskDefault')}: ${format.number(minDiskMiB)}`}
      />
      <Field
        label={t('machines.moreDisksOf', { os })}
        hint={t('machines.moreDisksHint')}
        placeholder="1024, 2048"
        value={group.moreDisks}
        onChange={(moreDisks) => group.change({ moreDisks })}
        error={parseDiskSizes(group.moreDisks) === null ? t('machines.moreDisksInvalid') : null}
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
      <OptionalNumber
        label={t('machines.bandwidthOf', { os })}
        hint={t('machines.bandwidthHint')}
        value={group.bandwidthMbps}
        onChange={(bandwidthMbps) => group.change({ bandwidthMbps })}
        {...limitsOf(nicSpecSchema.shape.bandwidthMbps)}
        placeholder={t('machines.noLimit')}
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
