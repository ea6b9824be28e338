// A program: unix sockets that stand for guests' consoles, as fast as a socket can be. The first byte of a connection
// says what it does: E gives every byte back, F and a 64-bit count (little endian) sends so many bytes, and T says how
// many bytes all floods have handed to the kernel.
import { createServer, type Socket } from 'node:net';

const CHUNK = Buffer.alloc(64 * 1024, 0x55);
let taken = 0;

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('data', (bytes) => {
    const mode = String.fromCharCode(bytes[0] ?? 0);
    if (mode === 'T') socket.end(String(taken));
    else if (mode === 'F') flood(socket, Number(bytes.readBigUInt64LE(1)));
    else {
      // A relay may have joined what was sent apart.
      socket.write(bytes.subarray(1));
      socket.on('data', (more) => socket.write(more));
    }
  });
}

for (const socketPath of process.argv.slice(2)) createServer(serve).listen(socketPath);

/** Counts what left this process: `write` calls back when the kernel has the bytes. */
function flood(socket: Socket, total: number): void {
  let asked = 0;
  const more = () => {
    while (asked < total) {
      const chunk = CHUNK.subarray(0, Math.min(CHUNK.length, total - asked));
      asked += chunk.length;
      const hasSpace = socket.write(chunk, (error) => {
        if (!error) taken += chunk.length;
      });
      if (!hasSpace) return;
    }
  };
  socket.on('drain', more);
  more();
}
