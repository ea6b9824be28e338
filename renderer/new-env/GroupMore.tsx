// "More" of one chosen system: disks, firmware, ports, network, cards, bandwidth, and what its machines may not reach.
import type { Firmware, NetKind } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { CloudInitFields } from '../cloud-init/CloudInitFields.tsx';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { More } from '../components/More.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parsePorts } from '../machines/port-request.ts';
import { useStores } from '../state/stores-context.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import type { DraftGroup } from './draft-group.ts';

const MOST_CARDS = 8;
const AS_HOST = 'default';
const AS_IMAGE = 'image';

export const GroupMore = observer(function GroupMore({ group }: { group: DraftGroup }) {
  const { hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const { os, minDiskMiB } = group.image;
  const usable = hosts.first?.networks.filter(({ problem }) => problem === null) ?? [];
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
        min={minDiskMiB}
        max={67_108_864}
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
      <ChoiceField<Firmware | typeof AS_IMAGE>
        label={t('disks.firmware')}
        value={group.firmware ?? AS_IMAGE}
        options={[
          { value: AS_IMAGE, label: t('machines.diskDefault') },
          { value: 'bios', label: 'BIOS' },
          { value: 'uefi', label: 'UEFI' },
        ]}
        onChange={(firmware) => group.change({ firmware: firmware === AS_IMAGE ? null : firmware })}
      />
      {usable.length > 1 && (
        <ChoiceField<NetKind | typeof AS_HOST>
          label={t('machines.kindLabel')}
          value={group.netKind ?? AS_HOST}
          options={[
            { value: AS_HOST, label: t('machines.kindDefault') },
            ...usable.map(({ kind }) => ({ value: kind, label: t(`machines.kinds.${kind}`) })),
          ]}
          onChange={(kind) => group.change({ netKind: kind === AS_HOST ? null : kind })}
        />
      )}
      <div className="line">
        <span className="muted">{t('machines.cardsCount')}</span>
        <Stepper
          label={t('machines.cardsOf', { os })}
          value={group.cards}
          min={1}
          max={MOST_CARDS}
          onChange={(cards) => group.change({ cards })}
        />
      </div>
      <OptionalNumber
        label={t('machines.bandwidthOf', { os })}
        hint={t('machines.bandwidthHint')}
        value={group.bandwidthMbps}
        onChange={(bandwidthMbps) => group.change({ bandwidthMbps })}
        min={1}
        max={100_000}
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
