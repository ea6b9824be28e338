// The help beyond the commands' own words: groups of commands, and examples.
import type { Command } from 'commander';
import { leavesOf } from './command-tree.ts';

const groups: readonly { heading: string; commands: readonly string[] }[] = [
  {
    heading: 'ENVs and VMs:',
    commands: ['env', 'apply', 'diff', 'template', 'matrix', 'vm', 'run', 'disk', 'cd', 'snapshot', 'capsule'],
  },
  { heading: 'Screens:', commands: ['console', 'vnc', 'ssh', 'open'] },
  { heading: 'Images and labs:', commands: ['image', 'profile', 'lab'] },
  {
    heading: 'The server:',
    commands: [
      'status',
      'doctor',
      'host',
      'me',
      'top',
      'operation',
      'event',
      'audit',
      'transfer',
      'session',
      'user',
      'team',
      'token',
      'firewall',
    ],
  },
  { heading: 'This computer:', commands: ['config', 'login', 'logout', 'agent', 'completion'] },
];

/** By the words of a command, or of a group of commands; '' is `tt` itself. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  '': [
    'tt env add demo --os-prefix debian-12,tiny --life-time 2h',
    'tt env show demo',
    'tt console demo/tiny-2-1',
    'tt env del demo',
  ],
  'env add': [
    'tt env add demo --os-prefix debian-12 --dup-each 2 --mem 1024',
    'tt env add web --vm tiny,copies=2,port=80 --vm debian-12,cpu=2,mem=1024',
    'tt env add test --template web --life-time 1h',
  ],
  'env update': ['tt env update demo --life-time 4h', 'tt env update demo --vm-port 80,443 --kick-dead'],
  'env extend': ['tt env extend demo +1h'],
  'env remove-vm': ['tt env remove-vm demo --os-prefix cent --dry-run'],
  'env del': ['tt env del demo test --yes'],
  'env restore': ['tt env restore demo'],
  'env run': [
    'tt env run demo --cmd hostname --stream',
    'tt env run demo test --script check.sh --wait --time-out 5m --junit report.xml',
    'tt env run demo --os-prefix cent -- systemctl is-active sshd',
    'tt env run demo --vm tiny-2-1 --interactive -- top',
  ],
  'host findings': ['tt host findings --again'],
  'host log': ['tt host log --level warn', 'tt host log --text a66bd6fc --follow'],
  'host run-task': ['tt host run-task stored-bytes'],
  'run output': ['tt run output 0c5d7e9a-3f61-4b0e-9d52-6a1f8e7c4b23 tiny-2-1 >log'],
  'env push': [
    'tt env push demo ./site /srv/www --owner www-data --mode 644',
    'tt env push demo a.conf b.conf /etc/app/ --os-prefix debian-12 --force',
  ],
  'env get': ["tt env get demo '/var/log/app/*.log' ./logs", 'tt env get demo /etc/hostname . --vm tiny-2-1'],
  'vm shell': ['tt vm shell demo/tiny-2-1', 'tt vm shell demo/tiny-2-1 --user kim -- vi notes'],
  'vm push': ['tt vm push demo/tiny-2-1 setup.sh /root/setup.sh --mode 755'],
  'vm files': ["tt vm files demo/tiny-2-1 '/var/log/*.log'"],
  'vm get': ['tt vm get demo/tiny-2-1 /var/log ./logs'],
  'env export': ['tt env export demo --yaml >demo.yaml'],
  apply: ['tt apply -f demo.yaml --dry-run', 'tt apply -f demo.yaml --restart --yes'],
  diff: ['tt diff -f demo.yaml'],
  'template save': ['tt template save web -f web.yaml --shared on', 'tt template save web -f - --replace'],
  'matrix check': ['tt matrix check smoke.yaml'],
  'matrix run': [
    'tt matrix run smoke.yaml',
    'tt matrix run smoke.yaml --name ci-7 --junit report.xml --report-html report.html --artefacts logs',
  ],
  'user add': ['tt user add ann', 'tt user add visitor --role viewer'],
  'user quota': ['tt user quota ann --vms 20 --mem 16384', 'tt user quota ann --default'],
  'user del': ['tt user del ann --give-to kim'],
  'token add': ['tt token add ci --life-time 30d >token'],
  'env list': ['tt env list --watch', 'tt env list --json'],
  config: ['tt config --serv-addr 192.0.2.7 --token-file ~/tt-token', 'tt config --private'],
  console: ['tt console demo/tiny-2-1', 'tt console demo/tiny-2-1 --escape ^a'],
  ssh: ['tt ssh demo/tiny-2-1', 'tt ssh demo/tiny-2-1 -- uname'],
  'env ssh-config': ['tt env ssh-config demo --out demo.ssh'],
  vnc: ['tt vnc demo/tiny-2-1 --viewer', 'tt vnc demo/tiny-2-1 --port 5901'],
  event: ['tt event demo --follow', 'tt event --follow --json'],
  audit: ['tt audit --env demo --since 2h', 'tt audit --user ann --code failed', 'tt audit --follow --json'],
  'snapshot add': ['tt snapshot add demo clean --notes "before the update"'],
  'snapshot revert': ['tt snapshot revert demo clean', 'tt snapshot revert demo clean --vm tiny-2-1,tiny-2-2'],
  'snapshot schedule': ['tt snapshot schedule demo --every 30m --keep 4'],
  'capsule export': ['tt capsule export demo demo.ttcap'],
  'image import': ['tt image import debian.qcow2 --name qemu:debian-12:mine'],
  'vm update': ['tt vm update demo/tiny-2-1 --cpu 2 --mem 512'],
  'vm health': ['tt vm health demo/tiny-2-1'],
  'vm screenshot': ['tt vm screenshot demo/tiny-2-1 screen.png'],
  'vm keyboard': ['tt vm keyboard demo/tiny-2-1 --take', 'tt vm keyboard demo/tiny-2-1 --free'],
  'operation list': ['tt operation list --watch'],
  'completion install': ['tt completion install', 'tt completion install zsh'],
};

export function withHelpTexts(program: Command): Command {
  for (const { heading, commands } of groups) {
    for (const command of program.commands) if (commands.includes(command.name())) command.helpGroup(heading);
  }
  addExamples(program, '');
  for (const { words, command } of leavesOf(program)) addExamples(command, words);
  return program;
}

function addExamples(command: Command, words: string): void {
  const lines = examples[words];
  if (lines) command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`.trimEnd());
}
