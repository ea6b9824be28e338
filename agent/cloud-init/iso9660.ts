// Writes a small CD: ISO 9660 with Rock Ridge names (for Linux and BSD) and Joliet names (for Windows), all files in the root
// folder. That is enough for a seed and needs neither root nor a program. ECMA-119, SUSP/RRIP 1.12 and the Joliet specification.
import { bothEndian16, bothEndian32, dateOfRecord, dateOfVolume, isoText, ucs2Text } from './iso9660-fields.ts';

const SECTOR = 2048;
/** The first sectors are for boot loaders; then come three descriptors, four path tables and two folders. */
const FIRST_DESCRIPTOR = 16;
const PATH_TABLES = 19;
const ROOT_FOLDER = 23;

export interface CdFile {
  /** Letters, digits, `.`, `_` and `-`, at most 64. */
  name: string;
  content: Uint8Array;
}

export interface CdOptions {
  /** At most 16 letters, digits, `_` or `-`. */
  volumeId: string;
  files: readonly CdFile[];
  /** Stamped on everything: the same input gives the same bytes. */
  date: Date;
}

interface PlacedFile extends CdFile {
  sector: number;
  /** What systems that know neither Rock Ridge nor Joliet see. */
  shortName: string;
}

/** How file names and the volume's name are written: plain ISO 9660, or Joliet. */
interface Naming {
  text: (text: string, length: number) => Buffer;
  nameOf: (file: PlacedFile) => Buffer;
  /** Rock Ridge entries after the name. */
  extra: (name: string | null, isFolder: boolean) => Buffer;
}

export function writeCd({ volumeId, files, date }: CdOptions): Buffer {
  if (!/^[\w-]{1,16}$/.test(volumeId)) throw new Error(`not a name for a CD: ${JSON.stringify(volumeId)}`);
  for (const { name } of files) {
    if (!/^[\w.-]{1,64}$/.test(name)) throw new Error(`not a name for a file of a CD: ${JSON.stringify(name)}`);
  }
  if (new Set(files.map(({ name }) => name)).size < files.length) throw new Error('two files of one name');
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // Folders are as long as their names make them; two sectors hold 20 long names.
  const folderSectors = Math.max(1, Math.ceil(((sorted.length + 2) * 320) / SECTOR));
  let sector = ROOT_FOLDER + 2 * folderSectors;
  const placed = sorted.map((file, index): PlacedFile => {
    const at = sector;
    sector += Math.ceil(file.content.length / SECTOR);
    return { ...file, sector: at, shortName: `FILE${String(index).padStart(4, '0')}.;1` };
  });
  const image = Buffer.alloc(sector * SECTOR);
  const namings = [rockRidge(date), joliet()];
  for (const [index, naming] of namings.entries()) {
    const folder = folderRecords(placed, ROOT_FOLDER + index * folderSectors, folderSectors * SECTOR, date, naming);
    folder.copy(image, (ROOT_FOLDER + index * folderSectors) * SECTOR);
    const descriptor = volumeDescriptor({
      naming,
      isJoliet: index === 1,
      volumeId,
      date,
      sectors: sector,
      folderSector: ROOT_FOLDER + index * folderSectors,
      folderBytes: folderSectors * SECTOR,
      pathTable: PATH_TABLES + 2 * index,
    });
    descriptor.copy(image, (FIRST_DESCRIPTOR + index) * SECTOR);
    for (const bigEndian of [false, true]) {
      const table = pathTable(ROOT_FOLDER + index * folderSectors, bigEndian);
      table.copy(image, (PATH_TABLES + 2 * index + (bigEndian ? 1 : 0)) * SECTOR);
    }
  }
  // The end of the descriptors.
  Buffer.from([255, ...Buffer.from('CD001'), 1]).copy(image, (FIRST_DESCRIPTOR + 2) * SECTOR);
  for (const file of placed) Buffer.from(file.content).copy(image, file.sector * SECTOR);
  return image;
}

function volumeDescriptor(about: {
  naming: Naming;
  isJoliet: boolean;
  volumeId: string;
  date: Date;
  sectors: number;
  folderSector: number;
  folderBytes: number;
  pathTable: number;
}): Buffer {
  const { naming, isJoliet, date } = about;
  const sector = Buffer.alloc(SECTOR);
  Buffer.from([isJoliet ? 2 : 1, ...Buffer.from('CD001'), 1]).copy(sector);
  naming.text('', 32).copy(sector, 8);
  naming.text(about.volumeId, 32).copy(sector, 40);
  bothEndian32(about.sectors).copy(sector, 80);
  // UCS-2, level 3: how Joliet is known.
  if (isJoliet) sector.write('%/E', 88, 'latin1');
  bothEndian16(1).copy(sector, 120);
  bothEndian16(1).copy(sector, 124);
  bothEndian16(SECTOR).copy(sector, 128);
  bothEndian32(10).copy(sector, 132);
  sector.writeUInt32LE(about.pathTable, 140);
  sector.writeUInt32BE(about.pathTable + 1, 148);
  const root = { sector: about.folderSector, bytes: about.folderBytes, date, isFolder: true };
  directoryRecord({ ...root, identifier: Buffer.from([0]), extra: Buffer.alloc(0) }).copy(sector, 156);
  for (const [offset, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const) {
    naming.text('', length).copy(sector, offset);
  }
  for (const offset of [813, 830]) dateOfVolume(date).copy(sector, offset);
  for (const offset of [847, 864]) dateOfVolume(null).copy(sector, offset);
  sector[881] = 1;
  return sector;
}

/** The table of all folders: here, of the root alone. */
function pathTable(rootSector: number, bigEndian: boolean): Buffer {
  const table = Buffer.alloc(10);
  table[0] = 1;
  if (bigEndian) table.writeUInt32BE(rootSector, 2);
  else table.writeUInt32LE(rootSector, 2);
  if (bigEndian) table.writeUInt16BE(1, 6);
  else table.writeUInt16LE(1, 6);
  return table;
}

function folderRecords(
  files: readonly PlacedFile[],
  folderSector: number,
  folderBytes: number,
  date: Date,
  naming: Naming,
): Buffer {
  const folder = { sector: folderSector, bytes: folderBytes, date, isFolder: true };
  const records = [
    directoryRecord({ ...folder, identifier: Buffer.from([0]), extra: naming.extra(null, true) }),
    directoryRecord({ ...folder, identifier: Buffer.from([1]), extra: naming.extra('', true) }),
    ...files.map((file) =>
      directoryRecord({
        sector: file.sector,
        bytes: file.content.length,
        date,
        isFolder: false,
        identifier: naming.nameOf(file),
        extra: naming.extra(file.name, false),
      }),
    ),
  ];
  const whole = Buffer.alloc(folderBytes);
  let at = 0;
  for (const record of records) {
    // A record never crosses from one sector into the next.
    if ((at % SECTOR) + record.length > SECTOR) at = Math.ceil(at / SECTOR) * SECTOR;
    record.copy(whole, at);
    at += record.length;
  }
  return whole;
}

function directoryRecord(about: {
  sector: number;
  bytes: number;
  date: Date;
  isFolder: boolean;
  identifier: Buffer;
  extra: Buffer;
}): Buffer {
  const padding = about.identifier.length % 2 === 0 ? 1 : 0;
  const extraAt = 33 + about.identifier.length + padding;
  const length = extraAt + about.extra.length + (about.extra.length % 2);
  const record = Buffer.alloc(length);
  record[0] = length;
  bothEndian32(about.sector).copy(record, 2);
  bothEndian32(about.bytes).copy(record, 10);
  dateOfRecord(about.date).copy(record, 18);
  record[25] = about.isFolder ? 2 : 0;
  bothEndian16(1).copy(record, 28);
  record[32] = about.identifier.length;
  about.identifier.copy(record, 33);
  about.extra.copy(record, extraAt);
  return record;
}

function rockRidge(date: Date): Naming {
  return {
    text: isoText,
    nameOf: ({ shortName }) => Buffer.from(shortName),
    extra: (name, isFolder) => {
      const mode = isFolder ? 0o40555 : 0o100444;
      const rights = entry('PX', [
        bothEndian32(mode),
        bothEndian32(isFolder ? 2 : 1),
        bothEndian32(0),
        bothEndian32(0),
      ]);
      const times = entry('TF', [Buffer.from([2]), dateOfRecord(date)]);
      // The first record of the root says that there are such entries at all.
      if (name === null) return Buffer.concat([entry('SP', [Buffer.from([0xbe, 0xef, 0])]), rights, times, whose()]);
      if (name === '') return Buffer.concat([rights, times]);
      return Buffer.concat([rights, times, entry('NM', [Buffer.from([0]), Buffer.from(name)])]);
    },
  };
}

/** Identifies the extension: without it systems do not interpret the names. */
function whose(): Buffer {
  const [id, description] = [Buffer.from('RRIP_1991A'), Buffer.from('Rock Ridge')];
  return entry('ER', [Buffer.from([id.length, description.length, 0, 1]), id, description]);
}

function entry(signature: string, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(signature), Buffer.from([content.length + 4, 1]), content]);
}

function joliet(): Naming {
  return {
    text: ucs2Text,
    nameOf: ({ name }) => ucs2Text(name, 2 * name.length),
    extra: () => Buffer.alloc(0),
  };
}
