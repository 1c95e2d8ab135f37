// The management server as a process.
import 'reflect-metadata';
import { readConfig } from './config.ts';
import { Failpoints } from './kernel/jobs/failpoints.ts';
import { createLog, type Log } from './kernel/log/log.ts';
import { startServer } from './server.ts';

const oldestNode = 24;

async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < oldestNode)
    throw new Error(`Node ${oldestNode} or newer is needed, this is ${process.version}: start with ./strata up`);
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection: a defect'));
  const server = await startServer(config, log, Failpoints.fromEnvironment(process.env));
  log.info({ url: server.url, simulator: config.simulator }, 'the management server is ready');
  stopOnSignal(server.close, log);
}

function stopOnSignal(close: () => Promise<void>, log: Log): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
}

main().catch((error: unknown) => {
  // One plain line: this is what the operator reads first.
  console.error(`strata: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
