// Test support: a UDP echo server for tiny guests, whose busybox has none: a complete x86-64 Linux program of 256 bytes.

/**
 *   socket(AF_INET, SOCK_DGRAM, 0); bind(fd, address, 16), exit(1) when that fails;
 *   for ever: n = recvfrom(fd, buffer, 2048, 0, from, &length), again when negative; sendto(fd, buffer, n, 0, from, length)
 *
 * Made by `as` from that, system calls numbered 41, 49, 45, 44, 60; the address is the last 16 bytes.
 */
const CODE = Buffer.from(
  [
    'b8290000006a025f6a025e31d20f0589c389df488d355e0000006a105a6a31580f0585c0754a', // socket, bind
    '4881ec00100000', // room on the stack
    'c704241000000089df488d742440ba000800004531d24c8d4424104989e16a2d580f0585c078d9', // recvfrom
    '89c289df488d7424404531d24c8d442410448b0c246a2c580f05ebbd', // sendto, and again
    '6a015f6a3c580f05', // exit(1)
    '02000000000000000000000000000000', // struct sockaddr_in: any address, the port at byte 2
  ].join(''),
  'hex',
);
const ADDRESS_BYTES = 16;
const LOAD_ADDRESS = 0x40_0000n;
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** The file to run; it echoes each datagram that comes to `port` to whoever sent it. See elf(5). */
export function udpEchoProgram(port: number): Buffer {
  const start = HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const file = Buffer.alloc(start + CODE.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(62, 18); // x86-64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(LOAD_ADDRESS + BigInt(start), 24);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, HEADER_BYTES); // to be loaded,
  file.writeUInt32LE(5, HEADER_BYTES + 4); // to read and to run,
  file.writeBigUInt64LE(LOAD_ADDRESS, HEADER_BYTES + 16);
  file.writeBigUInt64LE(LOAD_ADDRESS, HEADER_BYTES + 24);
  file.writeBigUInt64LE(BigInt(file.length), HEADER_BYTES + 32); // all of it
  file.writeBigUInt64LE(BigInt(file.length), HEADER_BYTES + 40);
  file.writeBigUInt64LE(0x1000n, HEADER_BYTES + 48);
  file.set(CODE, start);
  file.writeUInt16BE(port, file.length - ADDRESS_BYTES + 2);
  return file;
}
