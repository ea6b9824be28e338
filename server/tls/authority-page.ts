// The page for people whose browser does not trust this server: what to compare, and how a browser or a system learns its authority. Static,
// without scripts; and the one for those who came by plain HTTP, which leads there.
import { createHash } from 'node:crypto';
import { fingerprintWords } from '@tt/client/fingerprint-words';
import { fingerprintText } from '@tt/client/node';
import { type PageLanguage, type PageWords, pageWords } from './page-words.ts';

export interface Page {
  html: string;
  /** For its answer, whatever else is always sent. */
  headers: Readonly<Record<string, string>>;
}

export const AUTHORITY_PAGE_PATH = '/ca';
export const AUTHORITY_FILE_PATH = '/ca.pem';

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:44rem;margin:2rem auto;padding:0 1rem}
code,.print{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.print{display:block;padding:.75rem;border:1px solid;border-radius:.5rem;margin:.25rem 0 1rem}
dt{font-weight:600}dd{margin:0 0 1rem}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The language of a browser that has the highest quality (RFC 9110, 12.5.4); English where it names neither. */
export function languageIn(acceptLanguage: string | undefined): PageLanguage {
  let best: { language: PageLanguage; quality: number } | null = null;
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [, tag = '', quality = '1'] = /^\s*([a-z]{2,3})(?:-[a-z\d-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/i.exec(part) ?? [];
    const language = { en: 'en', zh: 'zh-CN' }[tag.toLowerCase()] as PageLanguage | undefined;
    if (language !== undefined && Number(quality) > (best?.quality ?? 0)) best = { language, quality: Number(quality) };
  }
  return best?.language ?? 'en';
}

/** `fingerprint`: SHA-256 of the authority, 64 hexadecimal digits. */
export function authorityPage(fingerprint: string, language: PageLanguage): Page {
  const words = pageWords[language];
  const ways = words.ways.map(({ where, steps }) => `<dt>${where}</dt><dd>${steps}</dd>`).join('\n');
  return pageOf(
    language,
    words.title,
    `<h1>${words.title}</h1>
<p>${words.why}</p>
<h2>${words.compare}</h2>
<p>${words.compareText}</p>
<p>SHA-256<span class="print">${fingerprintText(fingerprint)}</span></p>
<p>${words.inWords}
<span class="print" lang="en">${fingerprintWords(fingerprint, 'en')}</span>
<span class="print" lang="zh-CN">${fingerprintWords(fingerprint, 'zh-CN')}</span></p>
<h2>${words.fetch}</h2>
<p><a href="${AUTHORITY_FILE_PATH}" download="${AUTHORITY_FILE_NAME}">${AUTHORITY_FILE_NAME}</a></p>
<dl>
${ways}
</dl>
<h2>${words.key}</h2>
<p>${words.keyText}</p>
<p>${words.apps}</p>`,
  );
}

/** A name that systems import: Windows and Debian look at the ending. */
export const AUTHORITY_FILE_NAME = 'tt-ca.crt';

/** `host`: as the browser named this server, with its port; `address`: what this server calls itself, where that makes no sense. */
export function encryptedOnlyPage(host: string | null, address: string, language: PageLanguage): Page {
  const isName = host !== null && /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i.test(host);
  const base = isName ? `https://${host}` : address.replace(/\/$/, '');
  const words = pageWords[language];
  const link = (to: string) => `<a href="${to}">${to}</a>`;
  return pageOf(
    language,
    words.plainTitle,
    `<h1>${words.plainTitle}</h1>
<p>${words.plainText}</p>
<p>${link(`${base}/`)}</p>
<p>${words.plainTrust}</p>
<p>${link(`${base}${AUTHORITY_PAGE_PATH}`)}</p>`,
  );
}

function pageOf(language: PageLanguage, title: PageWords['title'], body: string): Page {
  return {
    html: `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': POLICY,
      vary: 'accept-language',
    },
  };
}
