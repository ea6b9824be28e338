// Bytes per second and round trips over a link to the synthetic guest.
import type { ByteLink } from './byte-link.ts';
import { floodRequest } from './start-synthetic-guest.ts';

const MIB = 1024 * 1024;

/** MiB/s for `bytes` from the guest to here. */
export function measureThroughput(link: ByteLink, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let received = 0;
    link.listen((chunk) => {
      received += chunk.length;
      if (received >= bytes) resolve(bytes / MIB / ((performance.now() - begun) / 1000));
    }, reject);
    link.send(floodRequest(bytes));
  });
}

/** Microseconds of each of `count` round trips of 64 bytes, one after the other. */
export function measureRoundTrips(link: ByteLink, count: number): Promise<number[]> {
  const ping = Buffer.alloc(64, 1);
  const warmUp = Math.ceil(count / 10);
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let missing = 0;
    const send = () => {
      missing = ping.length;
      sentAt = performance.now();
      link.send(ping);
    };
    link.listen((chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      times.push((performance.now() - sentAt) * 1000);
      if (times.length < count + warmUp) send();
      else resolve(times.slice(warmUp));
    }, reject);
    // The first byte chooses the mode and is not given back.
    link.send(Buffer.from('E'));
    send();
  });
}
