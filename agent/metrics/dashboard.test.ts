// The dashboard for Grafana against what the agent really serves: each query is read token by token, and names only metrics and labels
// that are there; and each metric that is served has its place in some panel.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderMetrics } from './render-metrics.ts';
import { testSources } from './test-sources.ts';

interface Dashboard {
  panels: { id: number; type: string; title: string; targets?: { expr: string; legendFormat: string }[] }[];
  templating: { list: { name: string; query: string | { query: string } }[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../docs/grafana/tt-agent.json', import.meta.url), 'utf8'),
) as Dashboard;
const targets = dashboard.panels.flatMap(({ title, targets: ofPanel = [] }) =>
  ofPanel.map((target) => ({ title, ...target })),
);
const variables = dashboard.templating.list.map(({ name }) => name);
/** Of the scraping Prometheus, on every series. */
const SCRAPED_LABELS = ['job', 'instance'];
const FUNCTIONS = ['sum', 'max', 'count', 'topk', 'rate', 'increase', 'time', 'histogram_quantile', 'label_values'];
const WORDS = ['by'];

/** Name of a metric, as it is asked for -> its labels. */
async function servedMetrics(): Promise<Map<string, Set<string>>> {
  const served = new Map<string, Set<string>>();
  for (const line of (await renderMetrics(testSources())).split('\n')) {
    const [, name, labels = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined || line.startsWith('#')) continue;
    const known = served.get(name) ?? new Set(SCRAPED_LABELS);
    for (const [, label = ''] of labels.matchAll(/(?:^|,)([a-z_]+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    served.set(name, known);
  }
  return served;
}

/** Throws for a character that begins no token. */
function tokensOf(query: string): string[] {
  const token = /\s*([a-z_]+|\$[a-z_]+|\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|=~|!=|[-+*/=(){}[\],])/gy;
  const tokens: string[] = [];
  while (token.lastIndex < query.trimEnd().length) {
    const from = token.lastIndex;
    const found = token.exec(query)?.[1];
    if (found === undefined) throw new Error(`no token at ${from} of ${query}`);
    tokens.push(found);
  }
  return tokens;
}

interface Asked {
  metrics: { name: string; labels: string[] }[];
  /** Labels that series are grouped by. */
  groups: string[];
  variables: string[];
}

/** What a query asks for. Throws for brackets that do not match and for functions the list above does not have. */
function askedBy(query: string): Asked {
  const tokens = tokensOf(query);
  const asked: Asked = { metrics: [], groups: [], variables: [] };
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };
  let grouping = false;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    asked.variables.push(...[...token.matchAll(/\$([a-z_]+)/g)].map(([, name = '']) => name));
    if ('({['.includes(token)) open.push(token);
    if (token in pairs) {
      if (open.pop() !== pairs[token]) throw new Error(`brackets of ${query}`);
      grouping = false;
    }
    if (!/^[a-z_]+$/.test(token)) continue;
    if (token === 'by') grouping = true;
    else if (grouping) asked.groups.push(token);
    else if (open.at(-1) === '{') asked.metrics.at(-1)?.labels.push(token);
    else if (next === '(' || (next !== undefined && WORDS.includes(next))) {
      if (!FUNCTIONS.includes(token)) throw new Error(`unknown function ${token} in ${query}`);
    } else if (query.startsWith('label_values') && index === tokens.length - 2) asked.groups.push(token);
    else asked.metrics.push({ name: token, labels: [] });
  }
  if (open.length > 0) throw new Error(`brackets of ${query}`);
  return asked;
}

const queriesOfVariables = dashboard.templating.list.flatMap(({ query }) =>
  typeof query === 'object' ? [query.query] : [],
);

it('asks only for metrics and labels that are served, of the job and the hosts that were chosen', async () => {
  const served = await servedMetrics();
  expect(targets.length).toBeGreaterThan(20);
  for (const query of [...targets.map(({ expr }) => expr), ...queriesOfVariables]) {
    const { metrics, groups, variables: used } = askedBy(query);
    expect(metrics.length, query).toBeGreaterThan(0);
    for (const { name, labels } of metrics) {
      expect([...served.keys()], query).toContain(name);
      for (const label of [...labels, ...groups]) expect([...(served.get(name) ?? [])], query).toContain(label);
    }
    expect(
      used.filter((name) => name !== '__rate_interval' && !variables.includes(name)),
      query,
    ).toEqual([]);
  }
  for (const { expr } of targets) {
    for (const { name, labels } of askedBy(expr).metrics) {
      expect(labels.slice(0, 2), `${name} in ${expr}`).toEqual(SCRAPED_LABELS);
    }
  }
});

it('shows every metric that is served', async () => {
  // Of a histogram one of its three series is enough.
  const family = (name: string) => name.replace(/_seconds_(?:bucket|sum|count)$/, '_seconds');
  const shown = new Set(targets.flatMap(({ expr }) => askedBy(expr).metrics.map(({ name }) => family(name))));
  expect([...(await servedMetrics()).keys()].filter((name) => !shown.has(family(name)))).toEqual([]);
});

it('names series by labels they have', async () => {
  const served = await servedMetrics();
  for (const { expr, legendFormat } of targets) {
    const { metrics, groups } = askedBy(expr);
    // Whatever is not grouped keeps the labels of its metric.
    const isGrouped = /\bby\b/.test(expr);
    const left = isGrouped ? groups : metrics.flatMap(({ name }) => [...(served.get(name) ?? [])]);
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    expect(
      named.filter((label) => !left.includes(label)),
      expr,
    ).toEqual([]);
  }
});

it('has panels with ids of their own', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('is read strictly: a broken query, an unknown function and a metric that is not there are noticed', () => {
  expect(() => askedBy('sum(tt_envs{job="a"}')).toThrow('brackets');
  expect(() => askedBy('summ(tt_envs)')).toThrow('unknown function');
  expect(() => askedBy('sum(tt_envs) § 2')).toThrow('no token');
  expect(askedBy('sum by (le) (rate(tt_x{job="$job"}[$__rate_interval]))')).toEqual({
    metrics: [{ name: 'tt_x', labels: ['job'] }],
    groups: ['le'],
    variables: ['job', '__rate_interval'],
  });
});
