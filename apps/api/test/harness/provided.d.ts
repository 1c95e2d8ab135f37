// What the database suite's global setup hands to the tests.
import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** mysql://user:password@host:port/database, with rights on databases named cloud_… */
    databaseUrl: string;
  }
}
