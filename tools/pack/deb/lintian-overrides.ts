// What lintian finds in our packages and is meant, each with the reason.

export interface LintianOverride {
  tags: readonly string[];
  /** Above them in a comment. */
  reason: string;
}

const OF_NODE: readonly LintianOverride[] = [
  { tags: ['embedded-library'], reason: 'Node is built with its own zlib; its releases follow those of zlib.' },
  {
    tags: [
      'unstripped-binary-or-object',
      'hardening-no-pie',
      'hardening-no-fortify-functions',
      'spelling-error-in-binary',
    ],
    reason: 'Node is shipped as its project publishes it, so that its checksum can be compared.',
  },
  {
    tags: ['package-contains-documentation-outside-usr-share-doc'],
    reason: 'Licences lie beside the bundles they belong to; the window is made of HTML.',
  },
];
const OF_SERVICES: readonly LintianOverride[] = [
  {
    tags: ['maintainer-script-calls-systemctl'],
    reason: 'Only where systemd runs, and with more care than deb-systemd-invoke: VMs run on, see the scripts.',
  },
  {
    tags: ['package-supports-alternative-init-but-no-init.d-script'],
    reason: 'The service needs control groups, a slice and capabilities of systemd.',
  },
];
const OF_GUESTS: readonly LintianOverride[] = [
  {
    tags: ['statically-linked-binary', 'binary-has-unneeded-section'],
    reason: 'The guest helper runs in guests of every kind, which have other libraries or none.',
  },
  {
    tags: ['unusual-interpreter', 'repeated-path-segment'],
    reason: 'Files of the tiny image, which are copied into guests.',
  },
];

const overrides: ReadonlyMap<string, readonly LintianOverride[]> = new Map([
  ['tt-agent', [...OF_NODE, ...OF_SERVICES, ...OF_GUESTS]],
  ['tt-proxy', [...OF_NODE, ...OF_SERVICES]],
  ['tt-cli', OF_NODE],
]);

/** Text of the file with the overrides of a package. */
export function overridesText(name: string): string {
  return (overrides.get(name) ?? [])
    .flatMap(({ tags, reason }) => [`# ${reason}\n`, ...tags.map((tag) => `${name}: ${tag}\n`)])
    .join('');
}
