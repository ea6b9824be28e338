// The normal form of a request target (RFC 3986, 6.2.2): one spelling for each path, so that every part that reads a URL (Node,
// fastify, oRPC) reads the same one. Access does not depend on this; the matched call decides it.
import { TtError } from '@tt/protocol';

/** Unreserved characters, sub-delimiters, `:` and `@` as they are; the rest as %XX with capital digits. */
const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})*$/;
/** What must not be encoded (unreserved), and what could end or split a path once it is decoded. */
const NEEDLESSLY_ENCODED = /%(?:2[DEF]|3[0-9]|4[1-9A-F]|5[0-9A]|5C|5F|6[1-9A-F]|7[0-9AEF]|[01][0-9A-F])/;
/** Visible ASCII without `#` and `\`: query values do not affect routing. */
const QUERY = /^[!"$-[\]-~]*$/;

/** What nearly all are: nothing but segments of such characters, each with something in it. */
const PLAIN = /^(?:\/[A-Za-z0-9_-]+)+$/;

/** The path of a request target in its normal form. Throws URL_NOT_NORMAL for any other. */
export function normalPath(target: string): string {
  if (PLAIN.test(target)) return target;
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (!isNormalPath(path) || (mark !== -1 && !QUERY.test(target.slice(mark + 1)))) {
    throw new TtError('URL_NOT_NORMAL', { url: forPeople(target) });
  }
  return path;
}

/** The path, and what is behind the question mark. */
export function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function isNormalPath(path: string): boolean {
  if (!path.startsWith('/')) return false;
  const segments = path.slice(1).split('/');
  return segments.every((segment, index) => isNormalSegment(segment, index === segments.length - 1));
}

function isNormalSegment(segment: string, isLast: boolean): boolean {
  // Only the last one may be empty: `/` and `/folder/`.
  if (segment === '') return isLast;
  if (segment === '.' || segment === '..') return false;
  return SEGMENT.test(segment) && !NEEDLESSLY_ENCODED.test(segment) && isUtf8(segment);
}

function isUtf8(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}

/** Short, and nothing but visible ASCII: it goes into an error and the log. */
function forPeople(target: string): string {
  const [visible = ''] = target.split('?');
  return visible.slice(0, 200).replaceAll(/[^!-~]/g, '?');
}
