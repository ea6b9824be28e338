// Pure: the text format of Prometheus (its docs: "Exposition formats", text/plain version 0.0.4). Our own code rather than
// prom-client, which depends on OpenTelemetry, for about eighty lines.

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels?: Labels;
  value: number;
}

export interface CumulativeSample {
  labels: Labels;
  /** How many values were at most so large, in the order of the family's `bounds`. */
  counts: readonly number[];
  count: number;
  sum: number;
}

/** Names in base units: `_seconds`, `_bytes`; counters end in `_total` (Prometheus docs: "Metric and label naming"). */
export type Family =
  | { type: 'gauge' | 'counter'; name: string; help: string; samples: readonly Sample[] }
  | { type: 'histogram'; name: string; help: string; bounds: readonly number[]; samples: readonly CumulativeSample[] };

/** Families without samples are omitted. */
export function renderFamilies(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(renderFamily)
    .join('');
}

function renderFamily(family: Family): string {
  const { name } = family;
  const head = `# HELP ${name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${family.type}\n`;
  if (family.type !== 'histogram') {
    return head + family.samples.map(({ labels, value }) => line(name, labels ?? {}, value)).join('');
  }
  const { bounds, samples } = family;
  const lines = samples.flatMap(({ labels, counts, count, sum }) => [
    ...bounds.map((bound, index) => line(`${name}_bucket`, { ...labels, le: String(bound) }, counts[index] ?? count)),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]);
  return head + lines.join('');
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
