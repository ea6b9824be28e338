// What a server presents over TLS: a certificate of its own authority, made anew at each start and before it ends, or the
// administrator's, from files that are read again when asked. The key of the former is in no file.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { asFileProblem, fingerprintOf, makeStateFolder, readIfThere, writePrivateFile } from '@tt/client/node';
import { type Reason, reason, TtError } from '@tt/protocol';
import {
  type CertifiedKey,
  makeAuthority,
  makeServerCertificate,
  SERVER_DAYS,
  type ServerNames,
} from './certificates.ts';

/** A third of its life before it ends. */
const RENEW_BEFORE_MS = (SERVER_DAYS / 3) * 24 * 60 * 60 * 1000;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/;
const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Files of the administrator, PEM: the certificate with its chain, and its key. */
export interface OwnCertificate {
  certificateFile: string;
  keyFile: string;
}

export interface TlsIdentityOptions {
  /** Holds the authority, `authority.pem`: certificate and key, 0600. Created if it is missing. */
  folder: string;
  /** null: one of our own authority. */
  own: OwnCertificate | null;
  /** More host names and addresses at which clients reach this server, beside those it has. */
  names: readonly string[];
  now: () => Date;
}

/** What the listening socket needs (`tls.SecureContextOptions`), PEM. */
export interface PresentedKey {
  cert: string;
  key: string;
}

interface Presented extends PresentedKey {
  /** PEM of the top of the chain. */
  top: string;
  validTo: Date;
  names: string;
}

export class TlsIdentity {
  readonly #options: TlsIdentityOptions;
  readonly #listeners = new Set<(key: PresentedKey) => void>();
  #authority: CertifiedKey | null = null;
  #presented: Presented | null = null;

  private constructor(options: TlsIdentityOptions) {
    this.#options = options;
  }

  /** Rejects with FILE_UNUSABLE for files that hold no usable certificate and key; an authority is never replaced. */
  static async open(options: TlsIdentityOptions): Promise<TlsIdentity> {
    const identity = new TlsIdentity(options);
    await identity.renew();
    return identity;
  }

  get current(): PresentedKey {
    const { cert, key } = this.#mustBeThere();
    return { cert, key };
  }

  /** When what is presented now ends. */
  get validTo(): Date {
    return this.#mustBeThere().validTo;
  }

  /** When `renew` replaces it; null: it is the administrator’s, who does. */
  get renewsAt(): Date | null {
    return this.#options.own ? null : new Date(this.validTo.getTime() - RENEW_BEFORE_MS);
  }

  /** What clients pin; null for a certificate of the administrator that ends at an authority which is not in its file. */
  get pinned(): { authority: string; fingerprint: string } | null {
    const { top } = this.#mustBeThere();
    const { issuer, subject } = new X509Certificate(top);
    return issuer === subject ? { authority: top, fingerprint: fingerprintOf(top) } : null;
  }

  /** Calls `listener` when something else is presented from now on; returns how to stop that. */
  onChange(listener: (key: PresentedKey) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads the files of the administrator again, or makes another certificate where the one of now ends soon or lacks a name. Rejects as
   * `open`; then what was presented stays.
   */
  async renew(): Promise<void> {
    const { own, now } = this.#options;
    const before = this.#presented;
    if (own) {
      const next = await readOwn(own, now());
      if (before?.cert !== next.cert || before.key !== next.key) this.#present(next);
      return;
    }
    const names = this.#names();
    const isGood =
      before !== null && before.names === textOf(names) && before.validTo.getTime() - now().getTime() > RENEW_BEFORE_MS;
    if (!isGood) this.#present(await this.#make(names));
  }

  async #make(names: ServerNames): Promise<Presented> {
    const { folder, now } = this.#options;
    this.#authority ??= await authorityIn(folder, now());
    const { certificate, key } = await makeServerCertificate(this.#authority, names, now());
    return {
      // The authority too, so that clients who are to pin it can see it.
      cert: `${certificate.trim()}\n${this.#authority.certificate}`,
      key,
      top: this.#authority.certificate,
      validTo: new Date(new X509Certificate(certificate).validTo),
      names: textOf(names),
    };
  }

  #present(next: Presented): void {
    const isFirst = this.#presented === null;
    this.#presented = next;
    if (!isFirst) for (const listener of this.#listeners) listener(this.current);
  }

  #mustBeThere(): Presented {
    if (this.#presented) return this.#presented;
    throw new Error('nothing is presented yet');
  }

  #names(): ServerNames {
    const { names } = this.#options;
    const here = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
    const isAddress = (name: string) => /^[\d.]+$|:/.test(name);
    const unique = (list: readonly string[]) => [...new Set(list)];
    return {
      hostNames: unique([hostname(), 'localhost', ...names.filter((name) => !isAddress(name))]),
      // Link-local ones are told apart by an interface, which certificates can't name.
      addresses: unique([...here, ...names.filter(isAddress)].filter((address) => !/^fe80:/i.test(address))).sort(),
    };
  }
}

/** The authority of a folder, made at the first start. One that can't be used stays: clients have pinned it. */
async function authorityIn(folder: string, now: Date): Promise<CertifiedKey> {
  const file = path.join(folder, 'authority.pem');
  await makeStateFolder(folder);
  const text = await readIfThere(file);
  if (text === null) {
    const made = await makeAuthority(`TT on ${hostname()}`, now);
    await writePrivateFile(file, `${made.key.trim()}\n${made.certificate.trim()}\n`);
    return made;
  }
  const { key, cert } = checked(file, text, text, now);
  return { key, certificate: cert };
}

async function readOwn({ certificateFile, keyFile }: OwnCertificate, now: Date): Promise<Presented> {
  const [certificates, keys] = await Promise.all([textIn(certificateFile), textIn(keyFile)]);
  const { cert, key } = checked(certificateFile, certificates, keys, now);
  const chain = cert.match(CERTIFICATE_BLOCK) ?? [];
  const validTo = new Date(new X509Certificate(chain[0] ?? '').validTo);
  return { cert, key, top: chain.at(-1) ?? '', validTo, names: '' };
}

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw asFileProblem(error);
  }
}

/** A chain and the key of its first certificate. */
function checked(file: string, certificates: string, keys: string, now: Date): PresentedKey {
  const chain = certificates.match(CERTIFICATE_BLOCK);
  const key = KEY_BLOCK.exec(keys)?.[0];
  if (!chain?.[0] || key === undefined) throw unusable(file, reason('notCertificate'));
  const presented = { cert: `${chain.join('\n')}\n`, key: `${key}\n` };
  let ends: Date;
  let isPair: boolean;
  try {
    const certificate = new X509Certificate(chain[0]);
    ends = new Date(certificate.validTo);
    isPair = certificate.checkPrivateKey(createPrivateKey(key));
    if (isPair) createSecureContext(presented);
  } catch (error) {
    throw unusable(file, reason('notCertificate'), error);
  }
  if (!isPair) throw unusable(file, reason('keyOfOther'));
  if (ends <= now) throw unusable(file, reason('certificateEnded', { at: ends.toISOString() }));
  return presented;
}

function unusable(file: string, why: Reason, cause?: unknown): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: why }, { cause });
}

function textOf({ hostNames, addresses }: ServerNames): string {
  return [...hostNames, ...addresses].join(' ');
}
