// Pure: a matrix as one HTML file that needs nothing else: no script, no address of others, readable from a mail or an archive.
// Everything that machines and files of others say is escaped.
import { createHash } from 'node:crypto';
import { countResults } from '@tt/client/matrix-run';
import type { MatrixFetched, MatrixOutput, MatrixReport, MatrixStepResult, MatrixVmResult } from '@tt/protocol';
import type { Language } from '../../language.ts';
import { fileSize } from '../../output.ts';
import { secondsOf, timeText } from '../../runs/run-text.ts';
import type { Pictures } from '../pictures.ts';
import { html, type Markup, terminalText } from './markup.ts';
import { STYLE } from './style.ts';
import { type ReportWords, reportWords } from './words.ts';

export interface HtmlReport {
  report: MatrixReport;
  /** By the id of the VM. */
  pictures: ReadonlyMap<string, Pictures>;
  language: Language;
}

/** Only this very style, and pictures inside the file. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function matrixHtml({ report, pictures, language }: HtmlReport): string {
  const words = reportWords[language];
  // The style is ours, and must be as its hash was made: its quotes are no text of others.
  const [before = '', after = ''] = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title(report.name)} — ${resultText(report.result, words)}</title>
<style></style>
</head>
<body>
<main>
${head(report, words)}
${notes(report, words)}
${grid(report, words)}
${report.vms.map((vm, index) => machine(vm, index, pictures.get(vm.vmId), words))}
</main>
</body>
</html>
`.text.split('<style></style>');
  return `${before}<style>${STYLE}</style>${after}`;
}

/** `2026-11-30 10:00:00 UTC` */
function timeAt(timestamp: string): string {
  return timestamp.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

function resultText(result: MatrixReport['result'], words: ReportWords): string {
  return words.results[result ?? 'running'];
}

function resultBadge(result: MatrixReport['result'], words: ReportWords): Markup {
  return html`<span class="badge ${result ?? 'running'}">${resultText(result, words)}</span>`;
}

function head(report: MatrixReport, words: ReportWords): Markup {
  const counts = countResults(report);
  const some = (['passed', 'failed', 'unreachable', 'cancelled'] as const).filter((result) => counts[result] > 0);
  const facts: [string, Markup | string][] = [
    ['ENV', report.envName],
    [words.started, html`<time>${timeAt(report.startedAt)}</time>`],
    [words.took, timeText(secondsOf(report))],
    [words.machines, some.map((result) => `${counts[result]} ${words.results[result]}`).join(', ')],
  ];
  return html`<header>
<div class="head"><h1>${words.title(report.name)}</h1>${resultBadge(report.result, words)}</div>
<dl class="facts">${facts.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>
</header>`;
}

function notes(report: MatrixReport, words: ReportWords): Markup | null {
  const { env, envName, firstFailure, snapshot } = report;
  const lines: Markup[] = [];
  if (firstFailure)
    lines.push(html`<p><strong>${words.firstFailure(firstFailure.vmName, firstFailure.step)}</strong></p>`);
  if (snapshot?.failure) lines.push(html`<p>${words.noSnapshot} ${snapshot.failure.message}</p>`);
  else if (snapshot && env?.state !== 'deleted') {
    const link = linkTo(snapshot.link, words.snapshotOpen);
    const command = html`<code>tt snapshot revert ${envName} ${snapshot.name}</code>`;
    lines.push(html`<p>${words.snapshot(snapshot.name)} ${link} ${words.snapshotHow} ${command}</p>`);
  }
  if (env?.state === 'deleted') lines.push(html`<p>${words.deleted}</p>`);
  if (env?.state === 'kept') lines.push(html`<p>${words.kept(env.endAt && timeAt(env.endAt))}</p>`);
  if (env?.state === 'left')
    lines.push(html`<p>${words.left(env.endAt && timeAt(env.endAt))} ${env.failure?.message ?? ''}</p>`);
  return lines.length > 0 ? html`<div class="note">${lines}</div>` : null;
}

/** Of our own server; anything but a web address is text. */
function linkTo(address: string | null, text: string): Markup | null {
  if (address === null || !/^https?:\/\//.test(address)) return null;
  return html`<a href="${address}" rel="noreferrer">${text}</a>`;
}

function grid({ steps, vms }: MatrixReport, words: ReportWords): Markup {
  return html`<div class="scroll"><table>
<caption>${words.grid}</caption>
<thead><tr><th scope="col">${words.machine}</th>${steps.map((step) => html`<th scope="col"><div title="${step}">${step}</div></th>`)}<th scope="col">${words.result}</th></tr></thead>
<tbody>
${vms.map((vm, index) => gridRow(vm, index, words))}
</tbody>
</table></div>`;
}

function gridRow(vm: MatrixVmResult, index: number, words: ReportWords): Markup {
  const cells = vm.steps.map(
    (step, at) => html`<td><a href="#${stepId(index, at)}">${stateBadge(step, words)}</a>${timeOf(step, 'div')}</td>`,
  );
  return html`<tr><th scope="row"><a href="#${vmAnchor(index)}">${vm.vmName}</a><div class="small">${vm.os}</div></th>${cells}<td>${resultBadge(vm.result, words)}</td></tr>
`;
}

function timeOf(step: MatrixStepResult, tag: 'div' | 'span'): Markup | null {
  const seconds = secondsOf(step);
  if (seconds === null) return null;
  const text = timeText(seconds);
  return tag === 'div' ? html`<div class="small">${text}</div>` : html`<span class="small">${text}</span>`;
}

function stateBadge({ state, timedOut }: MatrixStepResult, words: ReportWords): Markup {
  const text = state === 'failed' && timedOut ? words.timedOut : words.states[state];
  return html`<span class="badge ${state}">${text}</span>`;
}

function vmAnchor(index: number): string {
  return `m${index + 1}`;
}

function stepId(index: number, step: number): string {
  return `${vmAnchor(index)}-${step + 1}`;
}

function machine(vm: MatrixVmResult, index: number, pictures: Pictures | undefined, words: ReportWords): Markup {
  return html`<section class="machine" id="${vmAnchor(index)}">
<div class="head"><h2>${vm.vmName}</h2><span class="small">${vm.os}</span>${resultBadge(vm.result, words)}</div>
${vm.failure ? html`<p class="why">${vm.failure.message} [${vm.failure.code}]</p>` : null}
${vm.steps.map((step, at) => stepMarkup(step, stepId(index, at), words))}
${screens(vm.vmName, pictures, words)}
${artefactList(vm.artefacts, words)}
</section>
`;
}

function stepMarkup(step: MatrixStepResult, id: string, words: ReportWords): Markup {
  const line = html`${stateBadge(step, words)}<span class="name">${step.name}</span>${aboutStep(step, words).map((text) => html`<span class="small">${text}</span>`)}${timeOf(step, 'span')}`;
  if (step.attempts === 0 && !step.failure) return html`<div class="step" id="${id}">${line}</div>`;
  const outputs = [output(words.stdout, step.stdout, words), output(words.stderr, step.stderr, words)];
  const isEmpty = outputs.every((one) => one === null);
  // A link of the grid leads to what is inside, which opens it.
  const inside = html`<div class="body" id="${id}">
${step.failure ? html`<p class="why">${step.failure.message} [${step.failure.code}]</p>` : null}
${outputs}${isEmpty && step.attempts > 0 ? html`<p class="small">${words.noOutput}</p>` : null}
</div>`;
  const isOpen = step.state === 'failed' || step.state === 'unreachable';
  return isOpen
    ? html`<details open><summary>${line}</summary>${inside}</details>`
    : html`<details><summary>${line}</summary>${inside}</details>`;
}

function aboutStep({ attempts, exitCode, signal }: MatrixStepResult, words: ReportWords): string[] {
  return [
    ...(exitCode !== null && exitCode !== 0 ? [words.exitCode(exitCode)] : []),
    ...(signal === null ? [] : [words.signal(signal)]),
    ...(attempts > 1 ? [words.tries(attempts)] : []),
  ];
}

function output(title: string, { text, bytes, leftOutBytes }: MatrixOutput, words: ReportWords): Markup | null {
  if (bytes === 0) return null;
  const cut = leftOutBytes > 0 ? html`<p class="small">${words.cut(leftOutBytes, bytes)}</p>` : null;
  // The line feed is taken by the parser, so that one of the output is not.
  return html`<h4>${title}</h4><pre tabindex="0">
${terminalText(text)}</pre>${cut}`;
}

function screens(vmName: string, pictures: Pictures | undefined, words: ReportWords): Markup | null {
  const shown = [
    figure(vmName, pictures?.atFailure, words.screenAtFailure),
    figure(vmName, pictures?.atEnd, words.screenAtEnd),
  ].filter((one) => one !== null);
  return shown.length > 0 ? html`<div class="screens">${shown}</div>` : null;
}

function figure(vmName: string, picture: string | null | undefined, caption: string): Markup | null {
  if (picture === null || picture === undefined) return null;
  return html`<figure><img src="data:image/png;base64,${picture}" alt="${caption}: ${vmName}"><figcaption>${caption}</figcaption></figure>`;
}

function artefactList(all: readonly MatrixFetched[], words: ReportWords): Markup | null {
  if (all.length === 0) return null;
  const items = all.map((fetched) => {
    const when = html`<span class="small">${fetched.step ?? words.atEnd}</span>`;
    const problem = fetched.failure ? html` — ${fetched.failure.message} [${fetched.failure.code}]` : null;
    const files = [
      ...fetched.files.map(({ file, sizeBytes }) => html`<li><code>${file}</code> ${fileSize(sizeBytes)}</li>`),
      ...fetched.leftOut.map((file) => html`<li><code>${file}</code> ${words.leftOut}</li>`),
    ];
    const isEmpty = !fetched.failure && files.length === 0;
    return html`<li><code>${fetched.path}</code> ${when}${problem}${isEmpty ? html` — ${words.nothingFetched}` : null}${files.length > 0 ? html`<ul>${files}</ul>` : null}</li>`;
  });
  return html`<h3>${words.artefacts}</h3><ul>${items}</ul>`;
}
