import { chromium } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
const [, , dir, out, cols, ...names] = process.argv;
const files = names.length ? names.map((n) => n + '.webp') : readdirSync(dir);
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const p = await b.newPage({ viewport: { width: 2000, height: 1250 } });
await p.setContent(
  `<body style="margin:0;display:grid;grid-template-columns:repeat(${cols},1fr);gap:6px;background:#888;font:14px sans-serif">` +
    files
      .map(
        (f) =>
          `<div><div>${f}</div><img style="width:100%" src="data:image/webp;base64,${readFileSync(dir + '/' + f).toString('base64')}"></div>`,
      )
      .join('') +
    '</body>',
);
await p.waitForTimeout(800);
await p.screenshot({ path: out, fullPage: true });
await b.close();
