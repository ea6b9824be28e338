// The text for Prometheus: values and labels line by line, buckets that add up, and no line for unknown values.
import { expect, it } from 'vitest';
import { Histogram } from './histogram.ts';
import { renderMetrics } from './render-metrics.ts';
import { testSources } from './test-sources.ts';
import { renderFamilies } from './text-format.ts';

const AWKWARD_LABELS =
  '{vm="测试/\\"debian\\" \\\\ 12-1",env="line one\\nline two\\\\n",image="qemu:debian-12:{default=\\"x\\"}"}';
const PLAIN_LABELS = '{vm="plain/tiny-1",env="plain",image="qemu:tiny-1:default"}';

it('says what there is, in base units', async () => {
  const lines = (await renderMetrics(testSources())).split('\n');
  for (const line of [
    `tt_vm_cpu_seconds_total${AWKWARD_LABELS} 1.5`,
    `tt_vm_memory_bytes${AWKWARD_LABELS} 123456789`,
    `tt_vm_memory_proportional_bytes${AWKWARD_LABELS} 23456789`,
    'tt_host_used_memory_bytes 314572800',
    `tt_vm_disk_written_bytes_total${AWKWARD_LABELS} 20`,
    `tt_vm_network_received_bytes_total${AWKWARD_LABELS} 31`,
    `tt_vm_network_sent_bytes_total${AWKWARD_LABELS} 42`,
    `tt_vm_cpu_seconds_total${PLAIN_LABELS} 1.5`,
    'tt_host_allocated_memory_bytes 536870912',
    'tt_host_allocatable_cpus 8',
    'tt_ports 20000',
    'tt_ports_used 4',
    'tt_envs 2',
    'tt_vms{state="running"} 2',
    'tt_vms{state="failed"} 1',
    'tt_vms{state="paused"} 0',
    'tt_event_followers 5',
    'tt_audit_entries_total 7',
    'tt_audit_lost_total 2',
    'process_start_time_seconds 1795255200',
    'tt_task_last_success_timestamp_seconds{task="free-space"} 1795255200',
    'tt_task_last_duration_seconds{task="free-space"} 0.0125',
    'tt_task_failures_total{task="free-space"} 3',
    'tt_task_failures_total{task="network-repair"} 0',
    'tt_operation_duration_seconds_bucket{kind="env.create",result="succeeded",le="2.5"} 1',
    'tt_operation_duration_seconds_bucket{kind="env.create",result="succeeded",le="1"} 0',
    'tt_operation_duration_seconds_bucket{kind="env.create",result="succeeded",le="900"} 1',
    'tt_operation_duration_seconds_bucket{kind="env.create",result="succeeded",le="+Inf"} 2',
    'tt_operation_duration_seconds_sum{kind="env.create",result="succeeded"} 3602.5',
    'tt_operation_duration_seconds_count{kind="env.create",result="succeeded"} 2',
    'tt_operation_duration_seconds_sum{kind="vm.start",result="failed"} 0',
    'tt_call_duration_seconds_bucket{method="env.list",result="ok",le="0.005"} 1',
    'tt_call_duration_seconds_count{method="env.create",result="NAME_TAKEN"} 1',
  ]) {
    expect(lines).toContain(line);
  }
});

it('says nothing of what is not known, and of VMs that are gone', async () => {
  const text = await renderMetrics(testSources());
  expect(text).not.toContain(`tt_vm_disk_read_bytes_total${PLAIN_LABELS}`);
  expect(text).not.toContain(`tt_vm_network_sent_bytes_total${PLAIN_LABELS}`);
  expect(text).not.toContain(`tt_vm_memory_proportional_bytes${PLAIN_LABELS}`);
  expect(text).not.toContain('just-removed');
  expect(text).not.toContain('success_timestamp_seconds{task="network-repair"}');
  const nobody = await renderMetrics({ ...testSources(), counted: () => [] });
  expect(nobody).not.toContain('tt_vm_');
});

it('ends every line, and gives each family one head', async () => {
  const body = await renderMetrics(testSources());
  expect(body.endsWith('\n')).toBe(true);
  const heads = body.split('\n').filter((line) => line.startsWith('# TYPE '));
  expect(new Set(heads).size).toBe(heads.length);
});

it('counts a value into the bucket whose bound it meets', () => {
  const histogram = new Histogram({ name: 'h_seconds', help: 'Two\nlines \\', bounds: [1, 2] });
  for (const value of [0, 1, 1.5, 2, 99]) histogram.observe({ a: 'x' }, value);
  histogram.observe({ a: 'y' }, 1);
  expect(renderFamilies([histogram.family()])).toBe(
    [
      '# HELP h_seconds Two\\nlines \\\\',
      '# TYPE h_seconds histogram',
      'h_seconds_bucket{a="x",le="1"} 2',
      'h_seconds_bucket{a="x",le="2"} 4',
      'h_seconds_bucket{a="x",le="+Inf"} 5',
      'h_seconds_sum{a="x"} 103.5',
      'h_seconds_count{a="x"} 5',
      'h_seconds_bucket{a="y",le="1"} 1',
      'h_seconds_bucket{a="y",le="2"} 1',
      'h_seconds_bucket{a="y",le="+Inf"} 1',
      'h_seconds_sum{a="y"} 1',
      'h_seconds_count{a="y"} 1',
      '',
    ].join('\n'),
  );
});

it('writes numbers that are none as Prometheus does', () => {
  const samples = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => ({ value }));
  expect(renderFamilies([{ type: 'gauge', name: 'g', help: 'h', samples }])).toBe(
    '# HELP g h\n# TYPE g gauge\ng NaN\ng +Inf\ng -Inf\n',
  );
});
