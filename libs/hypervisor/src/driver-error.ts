// The closed set of ways a driver fails. Sagas retry only `unreachable` and `busy`.

export type DriverErrorKind =
  /** The host or its storage did not answer; whether the command ran is unknown until it is re-read. */
  | 'unreachable'
  /** The host answered but can't do it now (locked image, session limit). */
  | 'busy'
  /** The host or the driver's own checks said no: wrong credentials, unsafe image, permission. */
  | 'refused'
  /** The thing addressed does not exist there. */
  | 'missing'
  /** The host's software can't do this. */
  | 'unsupported'
  /** Output or behaviour we don't understand. */
  | 'bug';

/** A machine-readable cause where several share a kind; callers word the remedy. */
export type DriverErrorReason =
  | 'nameNotResolved'
  | 'connectionRefused'
  | 'timedOut'
  | 'connectionLost'
  | 'wrongCredentials'
  | 'hostKeyChanged'
  | 'unsafeImage'
  | 'checksumMismatch'
  | 'noSpace'
  | 'readOnly';

export class DriverError extends Error {
  readonly kind: DriverErrorKind;
  readonly reason: DriverErrorReason | undefined;

  constructor(kind: DriverErrorKind, message: string, options: { cause?: unknown; reason?: DriverErrorReason } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DriverError';
    this.kind = kind;
    this.reason = options.reason;
  }
}
