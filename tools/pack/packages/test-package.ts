// Test support: a small package with everything that a package can have.
import { compressed, type HostPackage } from './host-package.ts';

export const testPackage: HostPackage = {
  name: 'tt-cli',
  version: '1.0',
  architecture: 'amd64',
  summary: 'a test, 100% of it',
  description: [`${'word '.repeat(40)}end`, 'Another paragraph.'],
  depends: { deb: ['libc6 (>= 2.28)'], rpm: ['glibc >= 2.28'] },
  recommends: { deb: [], rpm: ['edk2-ovmf'] },
  license: 'Do as you like.\n',
  licenses: null,
  files: new Map([
    ['usr/bin/tt-test', { text: '#!/bin/sh\n', isProgram: true }],
    ['usr/lib/tt-cli/main.js', { text: 'run();\n' }],
    ['etc/tt/test.yaml', { text: 'a: 1\n' }],
    ['usr/share/zsh/vendor-completions/_tt', { text: '#compdef tt\n' }],
    ['usr/share/man/man1/tt-test.1.gz', compressed('.TH X\n')],
  ]),
  configFiles: ['/etc/tt/test.yaml'],
  service:
    'installed() { echo "$1%%x"; }\nupgraded() { :; }\nremoving() { end_service; }\nend_service() { :; }\npurge() { :; }\n',
};
