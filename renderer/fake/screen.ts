// Made-up pictures of guests' screens: drawn on a canvas in a browser, one dark pixel elsewhere.
import type { Vm } from '@tt/protocol';

const DARK_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function fakeScreenBase64(vm: Vm): string {
  if (typeof document === 'undefined') return DARK_PIXEL;
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 400;
  const pen = canvas.getContext('2d');
  if (!pen) return DARK_PIXEL;
  pen.fillStyle = '#0b0d10';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = '15px monospace';
  const seconds = Math.round((Date.now() - Date.parse(vm.runningSince ?? vm.createdAt)) / 1000);
  for (const [row, line] of linesFor(vm, seconds).entries()) {
    pen.fillStyle = line.startsWith('[  OK  ]') ? '#7ccf8e' : line.includes('$') ? '#e8eaed' : '#a9b0b8';
    pen.fillText(line, 12, 24 + row * 20);
  }
  if (seconds % 2 === 0) {
    pen.fillStyle = '#e8eaed';
    pen.fillRect(12 + 17 * 9, 24 + 12 * 20 - 13, 9, 16);
  }
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

function linesFor(vm: Vm, seconds: number): string[] {
  const os = vm.image.split(':')[1] ?? 'linux';
  const short = vm.name.split('/')[1] ?? vm.name;
  return [
    `SeaBIOS (version 1.16.2)`,
    `Booting from Hard Disk...`,
    `[    0.000000] Linux version 6.1.0 (${os})`,
    `[    0.412203] virtio_net virtio0 eth0: link up`,
    `[  OK  ] Reached target network`,
    `[  OK  ] Started sshd on port 22`,
    ``,
    `${os} ${short} tty1`,
    `${short} login: root`,
    `Welcome. Uptime ${seconds} s, load 0.0${seconds % 9}`,
    `root@${short}:~$ uname -m`,
    `x86_64`,
    `root@${short}:~$ `,
  ];
}
