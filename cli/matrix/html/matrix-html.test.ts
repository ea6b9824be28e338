// The HTML report against guests and files that want to be markup, and what it needs of its reader: nothing.
import { createHash } from 'node:crypto';
import type { MatrixReport, MatrixStepResult } from '@tt/protocol';
import { expect, it } from 'vitest';
import { html, terminalText } from './markup.ts';
import { matrixHtml } from './matrix-html.ts';
import { languageOf } from '../../language.ts';

const HOSTILE = `</pre></details><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u202e\u0000\u001b]52;c;x\u0007\u001b[31mred\u001b[0m\r\n<!--`;

const step = (more: Partial<MatrixStepResult> = {}): MatrixStepResult => ({
  name: HOSTILE,
  state: 'failed',
  attempts: 2,
  startedAt: '2026-11-30T10:00:00.000Z',
  endedAt: '2026-11-30T10:00:03.210Z',
  exitCode: 3,
  signal: null,
  timedOut: false,
  failure: { code: HOSTILE, message: HOSTILE, fix: '', data: {} },
  stdout: { text: HOSTILE, bytes: 1_000_000, leftOutBytes: 934_464 },
  stderr: { text: `\n${HOSTILE}`, bytes: 9, leftOutBytes: 0 },
  ...more,
});
const report: MatrixReport = {
  version: 1,
  name: HOSTILE,
  envName: HOSTILE,
  startedAt: HOSTILE,
  endedAt: null,
  result: 'failed',
  steps: [HOSTILE],
  vms: [
    {
      vmId: 'v1',
      vmName: HOSTILE,
      os: HOSTILE,
      result: 'failed',
      failure: null,
      steps: [step()],
      artefacts: [
        {
          path: HOSTILE,
          step: HOSTILE,
          files: [{ path: HOSTILE, sizeBytes: 1, file: HOSTILE }],
          leftOut: [HOSTILE],
          failure: null,
        },
      ],
    },
  ],
  firstFailure: { vmName: HOSTILE, step: HOSTILE, at: HOSTILE },
  snapshot: { name: HOSTILE, link: 'javascript:alert(1)', failure: null },
  env: { state: 'kept', endAt: HOSTILE, failure: null },
};
const pictures = new Map([['v1', { atFailure: 'iVBORw0KGgo=', atEnd: null }]]);

it.each(['en', 'zh-CN'] as const)('shows what guests say as text and as nothing else (%s)', (language) => {
  const page = matrixHtml({ report, pictures, language });
  expect(page).not.toMatch(/<script|<img src=x|onerror=alert\(1\)>|javascript:|<!--/i);
  expect(page).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  expect(page).toContain('&lt;/pre&gt;&lt;/details&gt;&lt;script&gt;alert(1)');
  // Each element is one that we wrote, with attributes that we wrote.
  const tags = [...page.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag);
  expect([...new Set(tags)].toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(
    [
      'a',
      'body',
      'caption',
      'code',
      'dd',
      'details',
      'div',
      'dl',
      'dt',
      'figcaption',
      'figure',
      'h1',
      'h2',
      'h3',
      'h4',
      'head',
      'header',
      'html',
      'img',
      'li',
      'main',
      'meta',
      'p',
      'pre',
      'section',
      'span',
      'strong',
      'style',
      'summary',
      'table',
      'tbody',
      'td',
      'th',
      'thead',
      'time',
      'title',
      'tr',
      'ul',
    ].sort(),
  );
  expect(page.match(/<pre/g)).toHaveLength(2);
});

it('needs nothing from anywhere, and allows its reader nothing: only its own style and pictures inside', () => {
  const page = matrixHtml({ report, pictures, language: 'en' });
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).not.toMatch(/ style="|<link|url\(|@import|https?:/);
  expect([...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, address = '']) => address.slice(0, 5))).toEqual(
    ['#m1', '#m1-1', 'data:'].toSorted((a, b) => page.indexOf(`"${a}`) - page.indexOf(`"${b}`)),
  );
  expect(page).toContain('<details open>');
  expect(page).toContain('934464 of 1000000 bytes are left out of this report.');
});

it('escapes every value of a template, and nothing twice', () => {
  const inner = html`<b>${'<&>'}</b>`;
  expect(html`${[inner, 'a"b', 3, null]}`.text).toBe('<b>&lt;&amp;&gt;</b>a&quot;b3');
  expect(html`${'\ud800x'}`.text).toBe('\ufffdx');
});

it('reads what is meant for terminals as lines', () => {
  expect(terminalText('\u001b[1;32mok\u001b[0m 10%\r20%\r\n\u001b]0;title\u0007done\r\r\n')).toBe(
    'ok 10%\n20%\ndone\n',
  );
});

it('speaks the language of whoever runs it', () => {
  expect(languageOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh-CN');
  expect(languageOf({ LC_ALL: 'C', LANG: 'zh_CN' })).toBe('en');
  expect([languageOf({}), languageOf({ LANG: 'zhx' })]).toEqual(['en', 'en']);
});
