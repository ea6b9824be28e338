// The truth about the link, what runs, how full the host is, what ends next.
import { FAKE_DRIVERS } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { OperationLine } from '../activity/OperationLine.tsx';
import { Button } from '../components/Button.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { MeterBar } from '../components/MeterBar.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { PushStatus } from '../guest-files/PushStatus.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { ImportStatus } from '../images/imports/ImportStatus.tsx';
import { RecordingStatus } from '../recordings/RecordingStatus.tsx';
import { useStores } from '../state/stores-context.ts';
import { useLastKnown } from '../state/use-last-known.ts';
import { LinkStatus } from './LinkStatus.tsx';

export const StatusBar = observer(function StatusBar() {
  const { hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const host = hosts.first;
  return (
    <section className="status-bar" aria-label={t('shell.status')}>
      <LinkStatus />
      {host?.features.includes(FAKE_DRIVERS) && (
        <span className="status-item">
          <StateLabel mark="failed" word={t('hosts.fakeDrivers')} />
        </span>
      )}
      <RunningOperations />
      <PushStatus />
      <ImportStatus />
      <RecordingStatus />
      <span className="spacer" />
      {host && (
        <>
          <Gauge
            name={t('shell.cpu')}
            used={host.cpu.used}
            total={host.cpu.limit}
            word="cpuMeter"
            format={format.number}
          />
          <Gauge
            name={t('shell.memory')}
            used={host.memory.usedMiB}
            total={host.memory.totalMiB}
            word="memoryMeter"
            format={format.mebibytes}
          />
          <Gauge
            name={t('shell.disk')}
            used={host.disk.usedMiB}
            total={host.disk.totalMiB}
            word="diskMeter"
            format={format.mebibytes}
          />
        </>
      )}
      <NextExpiry />
    </section>
  );
});

/** Follows the clock alone. */
const NextExpiry = observer(function NextExpiry() {
  const { envs, clock, view } = useStores();
  const t = useWords();
  const format = useFormat();
  const lastKnown = useLastKnown();
  const next = envs.nextExpiry;
  if (!next) return null;
  const time = format.duration(Date.parse(next.endAt) - clock.known);
  return (
    <AriaButton
      className="status-item number"
      data-last-known={lastKnown !== null || undefined}
      aria-label={[t('shell.nextExpiryOf', { env: next.name, time }), lastKnown ?? []].flat().join(' · ')}
      onPress={() => view.goToEnv(next.name)}
    >
      {t('shell.nextExpiry', { time })}
    </AriaButton>
  );
});

interface GaugeProps {
  name: string;
  used: number;
  total: number;
  word: 'cpuMeter' | 'memoryMeter' | 'diskMeter';
  format: (value: number) => string;
}

function Gauge({ name, used, total, word, format }: GaugeProps) {
  const t = useWords();
  const label = t(`shell.${word}`, { used: format(used), total: format(total) });
  return (
    <span className="gauge" title={label}>
      <span aria-hidden="true">{name}</span>
      <MeterBar label={label} used={used} total={total} />
    </span>
  );
}

const RunningOperations = observer(function RunningOperations() {
  const { operations, view } = useStores();
  const t = useWords();
  const lastKnown = useLastKnown();
  const { shown } = operations;
  if (lastKnown !== null) return <OperationsThen count={shown.length} lastKnown={lastKnown} />;
  if (shown.length === 0) return <span className="status-item muted">{t('shell.noOperations')}</span>;
  const label = t('shell.operations', { count: shown.length });
  return (
    <DialogTrigger>
      <AriaButton className="status-item number">
        <Spinner size={12} /> {label}
      </AriaButton>
      <Popover className="popover operations-popover" placement="top start">
        <Dialog aria-label={label}>
          {({ close }) => (
            <>
              <Rows items={shown} keyOf={({ id }) => id} height={32} className="operation-lines" label={label}>
                {(operation, place) => (
                  <li key={operation.id} className="operation-place" {...place}>
                    <OperationLine operation={operation} />
                  </li>
                )}
              </Rows>
              <Button
                kind="quiet"
                size="small"
                onPress={() => {
                  close();
                  view.go({ page: 'activity' });
                }}
              >
                {t('activity.all')}
              </Button>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
});

/** While the link is down nobody knows whether they still run. */
function OperationsThen({ count, lastKnown }: { count: number; lastKnown: string }) {
  const t = useWords();
  if (count === 0) return null;
  return (
    <span className="status-item number" data-last-known>
      <StateLabel mark="unknown" word={`${t('shell.operations', { count })} · ${lastKnown}`} />
    </span>
  );
}
