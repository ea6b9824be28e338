// What the packaged desktop and the built programs may and must not contain: used by package-check.ts. Pure.

/** The whole of what belongs there. */
const allowed = [
  /^\/package\.json$/,
  /^\/out$/,
  /^\/out\/(main|preload)$/,
  /^\/out\/main\/main\.js$/,
  /^\/out\/preload\/preload\.cjs$/,
  /^\/out\/renderer(\/[\w.-]+)*$/,
  /^\/out\/agent(\/main\.js|\/licenses\.md|\/CHANGELOG\.md|\/[\w.-]+\.yaml)?$/,
  /^\/out\/agent\/guest(\/[\w.-]+)*$/,
  /^\/out\/agent\/guest-helper(\/(x86_64|aarch64))?$/,
];

/** Names that never belong there, wherever they stand; each with the reason that is shown. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\.(ts|tsx|mts|cts)$/, 'is a source file'],
  [/\.map$/, 'is a source map'],
  [/(\.|\/)(test|spec)s?(\.|\/|$)|\/(__tests__|e2e|fixtures|bench)(\/|$)/, 'belongs to the tests'],
  [/\/node_modules(\/|$)/, 'is an unbundled dependency'],
  [
    /\/\.env(\.|$)|\.(pem|key|p12|pfx|crt|kdbx|sqlite)$|\/(id_(rsa|ed25519)|token|credentials|\.npmrc|\.netrc)$/,
    'looks like a secret',
  ],
  [/\/\.(git|tt|cache|vscode|idea)(\/|$)/, 'is a private folder'],
];

const needed = [
  '/package.json',
  '/out/main/main.js',
  '/out/preload/preload.cjs',
  '/out/renderer/index.html',
  '/out/agent/main.js',
  '/out/agent/licenses.md',
  '/out/agent/guest/initrd-init',
  '/out/agent/guest-helper/x86_64',
  '/out/agent/debian-12.yaml',
];

/** What is wrong with a listing of an asar (paths from `/`); empty when it is as it should be. */
export function asarProblems(listing: readonly string[]): string[] {
  const problems: string[] = [];
  for (const file of listing) {
    const reason = forbidden.find(([pattern]) => pattern.test(file))?.[1];
    if (reason) problems.push(`${file} ${reason}`);
    else if (!allowed.some((pattern) => pattern.test(file))) problems.push(`${file} does not belong there`);
  }
  for (const file of needed) if (!listing.includes(file)) problems.push(`${file} is missing`);
  return problems;
}

/** Texts that would mean a secret was built in. The desktop has none; tokens are made on each machine. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}/, 'a private key'],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}\b/, 'a GitHub token'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an AWS key'],
  [/\bnpm_[A-Za-z0-9]{30,}\b/, 'an npm token'],
];

/** What looks like a secret in the text of one file. */
export function secretProblems(file: string, text: string): string[] {
  return secretTexts.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${file} holds ${what}`);
}

/** What is wrong with the text of a program that is built into one file. */
export function programProblems(file: string, text: string): string[] {
  // Only what can be the name of a package: shell scripts in a program have lines that begin with `export` too.
  const imports = [...text.matchAll(/^(?:import|export)\b[^;"']*["']([@\w./:-]+)["']/gm)].map(([, name = '']) => name);
  const packages = imports.filter((name) => !name.startsWith('node:'));
  return [...packages.map((name) => `${file} still imports ${name}`), ...secretProblems(file, text)];
}
