// Pure: suites of tests -> a JUnit report, which CI systems show.

export interface JunitSuite {
  name: string;
  seconds: number | null;
  timestamp: string;
  cases: readonly JunitCase[];
}

export interface JunitCase {
  name: string;
  classname: string;
  seconds: number | null;
  /** failure: the test found something; error: it did not come to an end of its own. */
  problem: { kind: 'failure' | 'error'; message: string; type: string } | { kind: 'skipped'; message: string } | null;
  stdout: string;
  stderr: string;
}

/** What XML 1.0 can't hold, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({ name })}>\n${suites.map(suiteXml).join('')}</testsuites>\n`;
}

function suiteXml({ name, seconds, timestamp, cases }: JunitSuite): string {
  const count = (kind: NonNullable<JunitCase['problem']>['kind']) =>
    cases.filter(({ problem }) => problem?.kind === kind).length;
  const numbers = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: timeText(seconds),
    timestamp,
  };
  return `<testsuite${attributes({ name, ...numbers })}>\n${cases.map(caseXml).join('')}</testsuite>\n`;
}

function caseXml({ name, classname, seconds, problem, stdout, stderr }: JunitCase): string {
  const parts: string[] = [];
  if (problem) {
    const { kind, ...about } = problem;
    parts.push(`<${kind}${attributes(about)}/>\n`);
  }
  if (stdout !== '') parts.push(`<system-out>${escaped(stdout)}</system-out>\n`);
  if (stderr !== '') parts.push(`<system-err>${escaped(stderr)}</system-err>\n`);
  return `<testcase${attributes({ name, classname, time: timeText(seconds) })}>\n${parts.join('')}</testcase>\n`;
}

function timeText(seconds: number | null): string {
  return seconds?.toFixed(3) ?? '0';
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
