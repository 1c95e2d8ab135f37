// Prints the project's figures against floor programs of the same run: npm run bench [-- --statements]
import { measureApiOverhead } from './api-overhead.ts';
import { printTable } from './figures.ts';
import { startInstallation } from './installation.ts';
import { measureStatements } from './statements.ts';

/** What must hold. */
const bars = { apiOverhead: 3, deployStatements: 25, deployCommits: 4 } as const;

const showStatements = process.argv.includes('--statements');
const misses: string[] = [];
const hold = (name: string, value: number, bar: number) => {
  if (value > bar) misses.push(`${name} is ${value.toFixed(2)}, the bar is ${bar}`);
};

const installation = await startInstallation();
try {
  const overhead = await measureApiOverhead(installation);
  printTable(
    'P1  signed listZones against bare http with one select',
    ['', 'floor', 'server', 'ratio', 'least', 'most'],
    [
      [
        'latency p50, ms',
        overhead.floorMs.toFixed(3),
        overhead.oursMs.toFixed(3),
        overhead.ratio.toFixed(2),
        overhead.ratioMin.toFixed(2),
        overhead.ratioMax.toFixed(2),
      ],
      [
        'CPU a call, 16 lanes, ms',
        overhead.floorCpuMs.toFixed(3),
        overhead.oursCpuMs.toFixed(3),
        (overhead.oursCpuMs / overhead.floorCpuMs).toFixed(2),
        '',
        '',
      ],
    ],
  );
  hold('P1 latency ratio', overhead.ratio, bars.apiOverhead);
  const costs = await measureStatements(installation, (command, texts) => {
    if (showStatements) console.log(`\n${command}\n${texts.map((text) => `  ${text.replace(/\s+/g, ' ').slice(0, 200)}`).join('\n')}`);
  });
  printTable(
    'P3c  cost of a command in the database',
    ['command', 'statements', 'commits', 'rows read', 'rows written'],
    costs.map((cost) => [
      cost.command,
      cost.statements.toFixed(0),
      cost.commits.toFixed(0),
      cost.rowsRead.toFixed(0),
      cost.rowsWritten.toFixed(0),
    ]),
  );
  const deploy = costs.find(({ command }) => command === 'deployVirtualMachine')!;
  hold('P3c statements of a deploy', deploy.statements, bars.deployStatements);
  hold('P3c commits of a deploy', deploy.commits, bars.deployCommits);
} finally {
  await installation.stop();
}
for (const miss of misses) console.error(`MISSED: ${miss}`);
process.exitCode = misses.length === 0 ? 0 : 1;
