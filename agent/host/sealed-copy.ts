// A copy of a file in the host's memory that nobody can change any more, whoever may open it for writing: the kernel seals it
// (memfd_create(2), F_SEAL_WRITE). It lasts as long as somebody has it open or mapped. Node can't make one. Perl can, which is
// part of every Debian and Ubuntu; elsewhere there is none.
import { type FileHandle, open } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** As large as the memory of a guest. */
const COPY_TIMEOUT_MS = 10 * 60_000;
/** Numbers of memfd_create(2), by `process.arch`. */
const MEMFD_CREATE: Readonly<Record<string, number>> = { x64: 319, arm64: 279 };

/** Why there is no such copy here; other failures are the system's own. */
export class CannotSeal extends Error {
  override readonly name = 'CannotSeal';
}

/**
 * Open for reading; to map it, a process that inherits the descriptor may open it by /proc/self/fd for writing too, which changes
 * nothing. Holes stay holes. Rejects with CannotSeal, RunError or the reason of `signal`; then nothing is left.
 */
export async function sealedCopy(from: FileHandle, signal: AbortSignal): Promise<FileHandle> {
  const number = MEMFD_CREATE[process.arch];
  if (number === undefined) throw new CannotSeal(`nothing is known of memfd_create on ${process.arch}`);
  const { promise: isOpened, resolve: letGo } = Promise.withResolvers<void>();
  const opened: Promise<FileHandle>[] = [];
  let said = '';
  try {
    await runCommand('perl', ['-e', SCRIPT, String(number)], {
      files: [from.fd],
      timeoutMs: COPY_TIMEOUT_MS,
      signal,
      // It has the copy open until we have.
      closeInputAfter: isOpened,
      onStdout: (text) => {
        said += text;
        const [, pid, fd] = /^(\d+) (\d+)\n/.exec(said) ?? [];
        if (fd === undefined || opened.length > 0) return;
        const opening = open(`/proc/${pid}/fd/${fd}`, 'r');
        opened.push(opening);
        opening.then(
          () => letGo(),
          () => letGo(),
        );
      },
    });
    const [copy] = await Promise.all(opened);
    if (!copy) throw new CannotSeal(`perl has said nothing of a copy: ${said.slice(0, 200)}`);
    await mustBeSealed(copy);
    return copy;
  } catch (error) {
    letGo();
    for (const result of await Promise.allSettled(opened)) {
      if (result.status === 'fulfilled') await result.value.close().catch(() => {});
    }
    throw error;
  }
}

/** By trying: what is handed to others must be what it is said to be. */
async function mustBeSealed({ fd }: FileHandle): Promise<void> {
  await using writable = await open(`/proc/self/fd/${fd}`, 'r+');
  const refused = await writable.write(Buffer.alloc(1), 0, 1, 0).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EPERM',
  );
  if (!refused) throw new CannotSeal('the kernel has let somebody write to a sealed copy');
}

/** Descriptor 3 is what it copies. Prints its pid and the descriptor of the copy, and waits for the end of its input. */
const SCRIPT = `
use strict;
my ($number, $name) = ($ARGV[0] + 0, "tt-memory\\0");
# MFD_CLOEXEC, with MFD_NOEXEC_SEAL, which hosts may demand; before Linux 6.3 with what that implies, MFD_ALLOW_SEALING.
my $made = syscall($number, $name, 1 | 8);
$made = syscall($number, $name, 1 | 2) if $made < 0;
die "memfd_create: $!\\n" if $made < 0;
open(my $to, '+<&=', $made) or die "fdopen: $!\\n";
open(my $from, '<&=', 3) or die "fdopen: $!\\n";
my $size = -s $from;
truncate($to, $size) or die "ftruncate: $!\\n";
my $at = 0;
while ($at < $size) {
  # SEEK_DATA and SEEK_HOLE; ENXIO says that there are only holes.
  my $data = sysseek($from, $at, 3);
  last if !defined $data && $!{ENXIO};
  defined $data or die "lseek: $!\\n";
  my $hole = sysseek($from, $data, 4) or die "lseek: $!\\n";
  sysseek($from, $data, 0) && sysseek($to, $data, 0) or die "lseek: $!\\n" if $data > 0;
  sysseek($from, 0, 0), sysseek($to, 0, 0) if $data == 0;
  for (my $left = $hole - $data; $left > 0;) {
    my $read = sysread($from, my $bytes, $left < 1048576 ? $left : 1048576);
    defined $read or die "read: $!\\n";
    $read > 0 or die "the file became shorter\\n";
    my $written = syswrite($to, $bytes);
    defined $written && $written == $read or die "write: $!\\n";
    $left -= $read;
  }
  $at = $hole;
}
# F_ADD_SEALS of all: no more seals, no shrinking, no growing, no writing.
fcntl($to, 1033, 1 | 2 | 4 | 8) or die "seals: $!\\n";
$| = 1;
print "$$ $made\\n";
scalar <STDIN>;
`;
