// The structured log: JSON lines with the request's or job's id, secrets masked.
import { type DestinationStream, pino } from 'pino';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

/** Names of fields whose values never reach the log, wherever they stand at the first two levels. */
const secretFields = ['password', 'secretKey', 'secretkey', 'sessionkey', 'signature', 'privateKeyPem', 'privatekey', 'userdata'];

/** @param to where the lines go; standard output without it */
export function createLog(level: string, to?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: '***' },
  };
  return to ? pino(options, to) : pino(options);
}
