// Test support: a guest that writes all the time, to RAM and to its disk, so that a page from any other moment is seen. It writes one
// block after the other, each with its number, the hash of the block before and the word of the test on every line, into a ring on
// tmpfs and the same ring on the disk. A page that is older or newer than the rest breaks a block, or the chain, or differs
// between memory and disk.
import type { Vm } from '@tt/protocol';
import type { RealAgent } from './real-agent.ts';

/** 64 pages of memory and as much on the disk, in a few hundredths of a second of an emulated processor. */
const BLOCK_BYTES = 256 * 1024;
const BLOCKS = 12;
/** For all that emulated guests do on a busy machine. */
const PATIENCE_MS = 240_000;

const RAM = '/dev/shm/chain';
const DISK = '/root/chain';
const WRITER = '/root/write-chain';
const CHECKER = '/root/check-chain';

/** `last` has the number and the hash of the last whole block; a block that was begun when it is told to stop is finished. */
const WRITER_LINES = [
  'read i h < /dev/shm/last',
  'while [ ! -e /dev/shm/stop ]; do',
  `i=$((i + 1)); yes "$i $h $(cat /dev/shm/word)" | head -c ${BLOCK_BYTES} > /dev/shm/block`,
  `dd if=/dev/shm/block of=${RAM} bs=${BLOCK_BYTES} seek=$((i % ${BLOCKS})) conv=notrunc`,
  `dd if=/dev/shm/block of=${DISK} bs=${BLOCK_BYTES} seek=$((i % ${BLOCKS})) conv=notrunc,fsync`,
  'h=$(sha256sum < /dev/shm/block | cut -c1-64); echo "$i $h" > /dev/shm/next; mv /dev/shm/next /dev/shm/last',
  'done 2> /dev/null',
  'touch /dev/shm/stopped',
];

/** Says `whole NUMBER WORD`, or what is broken. The disk is read past the page cache. */
const CHECKER_LINES = [
  'read last hash < /dev/shm/last; was=; word=',
  `i=$((last - ${BLOCKS} + 1)); [ $i -lt 1 ] && i=1`,
  'while [ $i -le $last ]; do',
  `dd if=${RAM} of=/dev/shm/seen bs=${BLOCK_BYTES} skip=$((i % ${BLOCKS})) count=1 2> /dev/null`,
  'read n h word < /dev/shm/seen',
  '[ "$n" = $i ] || { echo "block $i has number $n"; exit; }',
  '[ -z "$was" ] || [ "$h" = "$was" ] || { echo "block $i follows another"; exit; }',
  'was=$(sha256sum < /dev/shm/seen | cut -c1-64)',
  `[ "$was" = "$(yes "$n $h $word" | head -c ${BLOCK_BYTES} | sha256sum | cut -c1-64)" ] || { echo "block $i is torn"; exit; }`,
  'i=$((i + 1))',
  'done',
  '[ "$was" = "$hash" ] || { echo "the last block is another"; exit; }',
  'sync; echo 3 > /proc/sys/vm/drop_caches',
  `[ "$(sha256sum < ${RAM})" = "$(sha256sum < ${DISK})" ] || { echo "disk and memory differ"; exit; }`,
  'echo "whole $last $word"',
];

const START = `rm -f /dev/shm/stop /dev/shm/stopped; sh ${WRITER} > /dev/null 2>&1 &`;

/** Lets the guest write from now on, with `word` in each block. */
export async function beginChain(agent: RealAgent, vm: Vm, word: string): Promise<void> {
  await inGuest(agent, vm, [
    program(WRITER, WRITER_LINES),
    program(CHECKER, CHECKER_LINES),
    `echo 0 start > /dev/shm/last; echo ${word} > /dev/shm/word; rm -f ${RAM} ${DISK}`,
    `{ ${START} }`,
  ]);
  await changeWord(agent, vm, word);
}

/** Resolves when there are whole blocks with this word, while the guest writes on. */
export async function changeWord(agent: RealAgent, vm: Vm, word: string): Promise<void> {
  await inGuest(agent, vm, [
    `echo ${word} > /dev/shm/word; read from h < /dev/shm/last`,
    // The one that is being written may have the word before.
    'until read now h < /dev/shm/last; [ $now -ge $((from + 2)) ]; do sleep 0.1; done',
  ]);
}

export interface ChainState {
  /** The number of the last whole block. */
  blocks: number;
  /** The word of that block. */
  word: string;
}

/** Stops the writer at the end of its block, checks all blocks in memory and on the disk, and lets it go on. Rejects with what is broken. */
export async function checkChain(agent: RealAgent, vm: Vm): Promise<ChainState> {
  const said = await inGuest(agent, vm, [
    'touch /dev/shm/stop; until [ -e /dev/shm/stopped ]; do sleep 0.1; done',
    `sh ${CHECKER}`,
    `{ ${START} }`,
  ]);
  const [, blocks, word] = /^whole (\d+) (\S+)$/m.exec(said) ?? [];
  if (blocks === undefined || word === undefined) throw new Error(`the chain of ${vm.name} is broken: ${said}`);
  return { blocks: Number(blocks), word };
}

function program(file: string, lines: readonly string[]): string {
  const quoted = lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`);
  return `printf '%s\\n' ${quoted.join(' ')} > ${file}`;
}

async function inGuest(agent: RealAgent, vm: Vm, commands: readonly string[]): Promise<string> {
  const shell = await agent.shell(vm, PATIENCE_MS);
  try {
    let said = '';
    // One at a time: a terminal takes at most 4095 bytes of a line.
    for (const command of commands) said += `${await shell.run(command, PATIENCE_MS)}\n`;
    return said;
  } finally {
    shell.close();
  }
}
