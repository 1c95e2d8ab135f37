// Checksums of templates and ISOs as people give them: bare hexadecimal digits, or with the algorithm before them in braces.
import { problem } from '../errors.ts';

const checksumAlgorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

// A type alias, not an interface: only that is assignable to JSON.
export type Checksum = {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower case. */
  readonly hex: string;
};

const hexDigits: Readonly<Record<ChecksumAlgorithm, number>> = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 };

/** `{SHA-256}9f86…` or only the digits, whose number then tells the algorithm. Throws `invalid`. */
export function parseChecksum(text: string, parameter = 'checksum'): Checksum {
  const match = /^(?:\{([a-z0-9-]+)\})?([0-9a-f]+)$/i.exec(text.trim());
  const wanted = 'give the hexadecimal digits of an MD5, SHA-1, SHA-256 or SHA-512 sum, such as {SHA-256}9f86d081…';
  if (!match?.[2]) throw problem('invalid', `${parameter} "${text}" is not a checksum: ${wanted}`);
  const hex = match[2].toLowerCase();
  const named = match[1]?.toLowerCase().replaceAll('-', '');
  const algorithm = checksumAlgorithms.find((candidate) =>
    named === undefined ? hexDigits[candidate] === hex.length : candidate === named,
  );
  if (algorithm === undefined) {
    throw problem(
      'invalid',
      named === undefined
        ? `${parameter} has ${hex.length} digits, as no known kind of checksum does: ${wanted}`
        : `${parameter}: the algorithm ${match[1]} is not known: ${wanted}`,
    );
  }
  if (hex.length !== hexDigits[algorithm]) {
    throw problem(
      'invalid',
      `${parameter} has ${hex.length} digits, a sum of ${formatAlgorithm(algorithm)} has ${hexDigits[algorithm]}: copy it again`,
    );
  }
  return { algorithm, hex };
}

/** `{SHA-256}9f86…` */
export function formatChecksum({ algorithm, hex }: Checksum): string {
  return `{${formatAlgorithm(algorithm)}}${hex}`;
}

/** `SHA-256`, as people write it. */
export function formatAlgorithm(algorithm: ChecksumAlgorithm): string {
  return algorithm.toUpperCase().replace(/^SHA/, 'SHA-');
}
