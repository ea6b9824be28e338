// The last hour as small charts: processors, memory, disk, VMs, calls, and the agent itself. Each has its numbers in words.
import { HOUR_PERIOD_S, HOUR_POINTS, type Hour, type HourPoint } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useFormat } from '../i18n/format.ts';
import { type Word, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { HourChart } from './HourChart.tsx';
import { ReportView } from './ReportView.tsx';

interface Chart {
  id: string;
  title: Word;
  value: (point: HourPoint) => number | null;
  /** The upper end of the chart; absent: the highest value. */
  top?: (hour: Hour) => number;
  unit: 'percent' | 'mebibytes' | 'count' | 'milliseconds';
}

const charts: readonly Chart[] = [
  { id: 'cpu', title: 'administration.charts.cpu', value: (at) => at.cpuPercent, top: () => 100, unit: 'percent' },
  {
    id: 'memory',
    title: 'administration.charts.memory',
    value: (at) => at.memoryUsedMiB,
    top: (hour) => hour.memoryTotalMiB,
    unit: 'mebibytes',
  },
  { id: 'disk', title: 'administration.charts.disk', value: (at) => at.diskFreeMiB, unit: 'mebibytes' },
  { id: 'vms', title: 'administration.charts.vms', value: (at) => at.runningVms, unit: 'count' },
  { id: 'vmCpu', title: 'administration.charts.vmCpu', value: (at) => at.vmCpuPercent, unit: 'percent' },
  { id: 'calls', title: 'administration.charts.calls', value: (at) => at.calls, unit: 'count' },
  { id: 'failed', title: 'administration.charts.failed', value: (at) => at.failedCalls, unit: 'count' },
  { id: 'latency', title: 'administration.charts.latency', value: (at) => at.callP95Ms, unit: 'milliseconds' },
  { id: 'agent', title: 'administration.charts.agent', value: (at) => at.agentMemoryMiB, unit: 'mebibytes' },
];

export const HourCharts = observer(function HourCharts() {
  const { administration } = useStores();
  const t = useWords();
  const format = useFormat();
  const texts: Readonly<Record<Chart['unit'], (value: number) => string>> = {
    percent: (value) => `${format.number(value)} %`,
    mebibytes: format.mebibytes,
    count: format.number,
    milliseconds: (value) => t('shell.link.rtt', { ms: format.number(value) }),
  };
  const chartsOf = (hour: Hour | null) => {
    const points = hour?.points ?? [];
    const seconds = hour?.periodS ?? HOUR_PERIOD_S;
    const [first] = points;
    return (
      <>
        <p className="muted hour-about" role="status">
          {hour !== null && first === undefined && t('administration.firstValues', { seconds })}
          {first !== undefined &&
            points.length < HOUR_POINTS &&
            t('administration.measuredSince', { at: format.timeWithSeconds(Date.parse(first.at) - seconds * 1000) })}
        </p>
        <div className="hour-charts">
          {charts.map(({ id, title, value, top, unit }) => (
            <HourChart
              key={id}
              title={t(title)}
              values={points.map(value)}
              count={HOUR_POINTS}
              top={(hour && top?.(hour)) ?? null}
              format={texts[unit]}
              empty={hour === null ? '' : t('administration.noValues', { seconds })}
            />
          ))}
        </div>
      </>
    );
  };
  // The first values are shown when they come.
  const everyMs = administration.hour.value?.points.length === 0 ? 2_000 : HOUR_PERIOD_S * 1000;
  return (
    <section className="panel" aria-label={t('administration.hour')}>
      <h2>{t('administration.hour')}</h2>
      <ReportView report={administration.hour} everyMs={everyMs} empty={chartsOf(null)}>
        {chartsOf}
      </ReportView>
    </section>
  );
});
