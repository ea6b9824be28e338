// What the snapshots of an ENV hold, which hang on which, and a way to give space back: the disks of stopped machines compacted.
import { termText, type TtClient, type TtError } from '@tt/protocol';
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useFormat } from '../i18n/format.ts';
import { termsOf } from '../i18n/error-words.ts';
import { snapshotLabel, useLanguage, useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { SnapshotName } from './SnapshotName.tsx';

type EnvSnapshotUsage = Awaited<ReturnType<TtClient['snapshot']['usage']>>;

export const SnapshotUsageDialog = observer(function SnapshotUsageDialog({ envName }: { envName: string }) {
  const { snapshots, envs, view, toasts, link, rights } = useStores();
  const t = useWords();
  const format = useFormat();
  const [usage, setUsage] = useState<EnvSnapshotUsage | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  const [busy, setBusy] = useState(false);
  const look = useCallback(async () => {
    const outcome = await snapshots.usage(envName);
    if (outcome.ok) setUsage(outcome.value);
    else setError(outcome.error);
  }, [snapshots, envName]);
  useEffect(() => void look(), [look]);
  const compact = async () => {
    setBusy(true);
    const outcome = await envs.compactEnv(envName);
    setBusy(false);
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok)
      toasts.say(t('snapshots.compacted', { env: envName, size: format.bytes(outcome.value.freedBytes) }));
    await look();
  };
  return (
    <Dialog
      title={t('snapshots.usageTitle', { env: envName })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <CloseFoot
          onClose={() => view.close()}
          aside={
            <Button isBusy={busy} whyNot={rights.whyNot('env.compact') ?? link.whyNot} onPress={() => void compact()}>
              {t('snapshots.compact')}
            </Button>
          }
        />
      }
    >
      {!usage && !error && <Spinner />}
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      {usage && usage.snapshots.length === 0 && <EmptyState small title={t('snapshots.empty')} />}
      {usage && <UsageRows usage={usage} />}
      <p className="muted">{t('snapshots.compactText')}</p>
    </Dialog>
  );
});

function UsageRows({ usage }: { usage: EnvSnapshotUsage }) {
  const t = useWords();
  const rows: UsageRow[] = [
    ...usage.snapshots.map((snapshot) => ({ key: snapshot.id, snapshot })),
    ...usage.vms.map((vm) => ({ key: vm.vmId, vm })),
  ];
  return (
    <Rows items={rows} keyOf={({ key }) => key} height={55} label={t('snapshots.usage')}>
      {(row, place) =>
        'vm' in row ? (
          <VmUsage key={row.key} vm={row.vm} place={place} />
        ) : (
          <SnapshotUsage key={row.key} snapshot={row.snapshot} place={place} />
        )
      }
    </Rows>
  );
}

type UsageRow = { key: string } & (
  | { snapshot: EnvSnapshotUsage['snapshots'][number] }
  | { vm: EnvSnapshotUsage['vms'][number] }
);

function SnapshotUsage({ snapshot, place }: { snapshot: EnvSnapshotUsage['snapshots'][number]; place: RowPlace }) {
  const t = useWords();
  const words = termsOf(useLanguage());
  const format = useFormat();
  const { name, ramBytes, diskBytes, children, forks, vms } = snapshot;
  const missing = vms.flatMap((vm) =>
    vm.missing.map((part) => `${shortVmName(vm.vmName)}: ${termText('snapshotPart', part, {}, words)}`),
  );
  return (
    <li className="rows-item" {...place}>
      <div className="rows-main">
        <SnapshotName name={name} />
        <div className="muted">
          {t('snapshots.storageOf', { ram: format.bytes(ramBytes), disk: format.bytes(diskBytes) })}
          {children.length > 0 &&
            ` · ${t('snapshots.children', {
              names: someNames(
                children.map((child) => snapshotLabel(child)),
                t,
              ),
            })}`}
          {forks.length > 0 && ` · ${t('snapshots.forks', { names: someNames(forks, t) })}`}
        </div>
        {missing.length > 0 && <div>{t('snapshots.missing', { files: someNames(missing, t) })}</div>}
      </div>
    </li>
  );
}

function VmUsage({ vm, place }: { vm: EnvSnapshotUsage['vms'][number]; place: RowPlace }) {
  const format = useFormat();
  return (
    <li className="rows-item" {...place}>
      <div className="rows-main mono">{shortVmName(vm.vmName)}</div>
      <span className="number muted">{format.bytes(vm.usedBytes)}</span>
    </li>
  );
}
