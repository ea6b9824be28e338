// Destinations of a blacklist as one types them: `192.0.2.1, 198.51.100.0/24`. Pure; the agent checks again.

const OCTET = /^(0|[1-9]\d{0,2})$/;
const MOST_DESTINATIONS = 256;

/** The destinations; null when something typed is neither an IPv4 address nor a CIDR. */
export function parseDestinations(text: string): string[] | null {
  const words = [...new Set(text.split(/[\s,;，、]+/).filter(Boolean))];
  return words.length <= MOST_DESTINATIONS && words.every(isDestination) ? words : null;
}

function isDestination(word: string): boolean {
  const [address = '', length, ...rest] = word.split('/');
  const octets = address.split('.');
  const isAddress = octets.length === 4 && octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255);
  const isLength = length === undefined || (/^\d{1,2}$/.test(length) && Number(length) <= 32);
  return isAddress && isLength && rest.length === 0;
}
