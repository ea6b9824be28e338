// The spec file of a package for rpm(8): its head, its scriptlets and the list of its files. Pure.
import { purgeProgram, rpmScripts } from '../packages/service-scripts.ts';
import { type Architecture, type Content, type HostPackage, inLines, MAINTAINER } from '../packages/host-package.ts';

/** Names of processors by rpm. */
export const rpmArchitectures: Readonly<Record<Architecture, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** Where Fedora has what Debian has elsewhere. */
const MOVED: readonly (readonly [string, string])[] = [
  ['usr/share/zsh/vendor-completions/', 'usr/share/zsh/site-functions/'],
];
/** Folders that no package of ours owns. Those below them are ours. */
const OF_THE_SYSTEM = /^\/(?:etc(?:\/default)?|usr(?:\/(?:bin|lib|share)(?:\/(?!tt)[\w.-]+)*)?)$/;

/** All files, with the licences, at their places on Fedora. */
export function rpmFiles({ name, files, license, licenses, service }: HostPackage): Map<string, Content> {
  const folder = `usr/share/licenses/${name}`;
  return new Map<string, Content>([
    ...[...files].map(([place, content]) => [rpmPlace(place), content] as const),
    [`${folder}/LICENSE`, { text: license }],
    ...(licenses === null ? [] : [[`${folder}/licenses.md`, { from: licenses }] as const]),
    ...(service === null
      ? []
      : [[purgeProgram(name), { text: rpmScripts(name, service).purge, isProgram: true }] as const]),
  ]);
}

/** `version` of rpm: without a hyphen; `~` sorts before the end, as a pre-release must. */
export function rpmVersion(version: string): string {
  return version.replaceAll('-', '~');
}

/** `tree`: the folder in which {@link rpmFiles} are laid out, and `placed` the paths of the files in it, from `/`. */
export function specText(rpm: HostPackage, tree: string, placed: readonly string[]): string {
  const scripts = rpm.service === null ? [] : [...rpmScripts(rpm.name, rpm.service).scriptlets];
  const fields = (field: string, names: readonly string[]) => names.map((name) => `${field}: ${name}\n`).join('');
  return [
    // Nothing is compiled here: no debugging package, nothing stripped or compressed again.
    '%global debug_package %{nil}\n%global __os_install_post %{nil}\n%global _build_id_links none\n',
    `Name: ${rpm.name}\nVersion: ${rpmVersion(rpm.version)}\nRelease: 1\nSummary: ${literal(rpm.summary)}\n`,
    // Of the package; those of what is built in are listed in licenses.md.
    `License: MIT\nPackager: ${MAINTAINER}\nAutoReqProv: no\n`,
    fields('Requires', rpm.depends.rpm),
    fields('Recommends', rpm.recommends.rpm),
    `\n%description\n${literal(rpm.description.map((text) => inLines(text).join('\n')).join('\n\n'))}\n`,
    `\n%install\nmkdir -p '%{buildroot}'\ncp -a '${literal(tree)}/.' '%{buildroot}/'\n`,
    ...scripts.map(([section, text]) => `\n%${section}\n${literal(text)}`),
    `\n%files\n%defattr(-,root,root,-)\n${fileList(rpm, placed)}`,
  ].join('');
}

function fileList({ configFiles, name }: HostPackage, placed: readonly string[]): string {
  const folders = new Set(placed.flatMap(parentsOf).filter((folder) => !OF_THE_SYSTEM.test(folder)));
  const kind = (file: string) => {
    if (configFiles.includes(file)) return '%config(noreplace) ';
    if (file.startsWith(`/usr/share/licenses/${name}/`)) return '%license ';
    return file.startsWith('/usr/share/doc/') ? '%doc ' : '';
  };
  return [
    ...[...folders].sort().map((folder) => `%dir "${literal(folder)}"\n`),
    ...placed.map((file) => `${kind(file)}"${literal(file)}"\n`),
  ].join('');
}

function parentsOf(file: string): string[] {
  const parts = file.split('/').slice(1, -1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

function rpmPlace(place: string): string {
  const [from, to] = MOVED.find(([folder]) => place.startsWith(folder)) ?? ['', ''];
  return to + place.slice(from.length);
}

/** Macros are expanded everywhere, in scriptlets too. */
function literal(text: string): string {
  return text.replaceAll('%', '%%');
}
