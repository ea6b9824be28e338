// All facts of one machine to read and copy: image, size, NICs, blacklist, ports, id. Key I on its tile.
import { bootDiskMiB } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { ReactNode } from 'react';
import { ProvisioningFact } from '../cloud-init/ProvisioningFact.tsx';
import { Button } from '../components/Button.tsx';
import { CopyChip } from '../components/CopyChip.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { IdentityFacts } from './IdentityFacts.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { VmMeters } from '../metrics/VmMeters.tsx';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';
import { OriginFact } from './OriginFact.tsx';
import { NicList } from './NicList.tsx';
import { PortChips } from './PortChips.tsx';
import { vmCondition } from './vm-condition.ts';
import { shortVmName } from '../state/vm-name.ts';

export const VmDetailsDialog = observer(function VmDetailsDialog({ vmId }: { vmId: string }) {
  const stores = useStores();
  const { vms, images, view } = stores;
  const t = useWords();
  const format = useFormat();
  const vm = vms.get(vmId);
  if (!vm) return null;
  const { cpuCount: cpu, memoryMiB } = vm.spec;
  const diskMiB = bootDiskMiB(vm.spec);
  const { change } = vmActions(stores, vm, t);
  const login = images.items.get(vm.image)?.defaultLogin;
  const facts: [string, ReactNode][] = [
    [t('envs.columns.state'), <StateLabel key="" {...vmCondition(stores, vm, t)} />],
    [
      t('envs.facts.image'),
      <span key="" className="mono">
        {vm.image}
      </span>,
    ],
    [
      t('envs.facts.size'),
      t('envs.size', { cpu, memory: format.mebibytes(memoryMiB), disk: format.mebibytes(diskMiB) }),
    ],
    [t('machines.uses'), <VmMeters key="" vm={vm} />],
    [t('machines.nics'), <NicList key="" vm={vm} />],
    [t('machines.ports'), <PortChips key="" vm={vm} />],
    [
      t('machines.blacklist'),
      vm.spec.blacklist.length === 0 ? (
        t('common.none')
      ) : (
        <span key="" className="mono">
          {vm.spec.blacklist.join(', ')}
        </span>
      ),
    ],
    [
      t('envs.facts.login'),
      login ? (
        <span key="" className="mono">
          {login.user}
        </span>
      ) : (
        t('common.unknown')
      ),
    ],
    ...(vm.cloudInit
      ? [[t('cloudInit.title'), <ProvisioningFact key="" vm={vm} />] satisfies [string, ReactNode]]
      : []),
    [t('machines.engine'), `${vm.engine}${vm.acceleration === null ? '' : `, ${vm.acceleration}`}`],
    ...(vm.identity === null
      ? []
      : [[t('copies.identity'), <IdentityFacts key="" identity={vm.identity} />] satisfies [string, ReactNode]]),
    ...(vm.origin === null
      ? []
      : [[t('machines.began'), <OriginFact key="" origin={vm.origin} />] satisfies [string, ReactNode]]),
    [t('machines.created'), format.dateTime(vm.createdAt)],
    [t('envs.facts.since'), vm.runningSince === null ? t('common.none') : format.dateTime(vm.runningSince)],
    [
      t('envs.facts.id'),
      <CopyChip
        key=""
        text={vm.id}
        hint={t('envs.portHint', { text: vm.id })}
        done={t('envs.portCopied', { text: vm.id })}
      >
        <span className="mono">{vm.id}</span>
      </CopyChip>,
    ],
  ];
  return (
    <Dialog
      title={t('machines.detailsOf', { vm: shortVmName(vm.name) })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <CloseFoot
          onClose={() => view.close()}
          aside={
            <Button whyNot={change.whyNot} onPress={change.run}>
              {change.label}
            </Button>
          }
        />
      }
    >
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
});
