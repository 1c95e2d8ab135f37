// Requests while the database is away: the caller learns what to do, the log gets one line now and then instead of one for each.
import { type Problem, problem } from '@strata/domain';
import { isDatabaseUnreached } from '../db/failures.ts';
import type { Log } from '../log/log.ts';

const warnEveryMs = 30_000;

export class DatabaseOutage {
  private quietUntilMs = 0;
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** @param error one of which isDatabaseAway() is true */
  refusal(error: unknown): Problem {
    if (performance.now() >= this.quietUntilMs) {
      this.quietUntilMs = performance.now() + warnEveryMs;
      this.log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'the database does not answer: requests are refused until it is back; ./strata up starts it',
      );
    }
    return isDatabaseUnreached(error)
      ? problem(
          'unavailable',
          'the database does not answer, so the request was not carried out: start the database (./strata up), then repeat',
          {
            cause: error,
          },
        )
      : problem(
          'unavailable',
          'the connection to the database broke during the request: start the database (./strata up), then look whether the request took effect before you repeat it',
          { cause: error },
        );
  }
}
