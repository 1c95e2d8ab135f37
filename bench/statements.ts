// P3c: what one command costs the database: statements, commits and rows, counted by the database server itself.
import { median } from './figures.ts';
import type { Installation } from './installation.ts';
import { type Cost, StatementLog } from './statement-log.ts';

const repetitions = 10;

export interface CommandCost extends Cost {
  readonly command: string;
}

export async function measureStatements(
  installation: Installation,
  onStatements?: (command: string, texts: readonly string[]) => void,
): Promise<CommandCost[]> {
  const log = await StatementLog.open(installation.databaseSocket);
  try {
    await log.learnBackground();
    const { admin, zone, templateId, offeringId } = installation;
    const vms: string[] = [];
    const deploy = () => admin.call('deployVirtualMachine', { zoneid: zone.zoneId, templateid: templateId, serviceofferingid: offeringId });
    // The first deploy in a pool brings the template there: not the usual case.
    await log.whenDone((await deploy())['jobid']);
    const costs: CommandCost[] = [];
    const measure = async (command: string, act: (index: number) => Promise<Record<string, unknown>>) => {
      const all: Cost[] = [];
      for (let index = 0; index < repetitions; index += 1) {
        const observed = await log.observe(async () => log.whenDone((await act(index))['jobid']));
        if (index === repetitions - 1) onStatements?.(command, observed.texts);
        all.push(observed.cost);
      }
      costs.push({ command, ...typical(all) });
    };
    await measure('deployVirtualMachine', async () => {
      const reply = await deploy();
      vms.push(String(reply['id']));
      return reply;
    });
    await measure('listVirtualMachines', () => admin.call('listVirtualMachines', { listall: true }));
    await measure('stopVirtualMachine', (index) => admin.call('stopVirtualMachine', { id: vms[index], forced: true }));
    await measure('startVirtualMachine', (index) => admin.call('startVirtualMachine', { id: vms[index] }));
    await measure('rebootVirtualMachine', (index) => admin.call('rebootVirtualMachine', { id: vms[index] }));
    await measure('destroyVirtualMachine', (index) => admin.call('destroyVirtualMachine', { id: vms[index] }));
    await measure('destroy with expunge', (index) => admin.call('destroyVirtualMachine', { id: vms[index], expunge: true }));
    await measure('listZones', () => admin.call('listZones'));
    return costs;
  } finally {
    await log.close();
  }
}

/** The median of each figure: a periodic statement that falls into one repetition does not count. */
function typical(costs: readonly Cost[]): Cost {
  const of = (figure: keyof Cost) => median(costs.map((cost) => cost[figure]));
  return { statements: of('statements'), commits: of('commits'), rowsRead: of('rowsRead'), rowsWritten: of('rowsWritten') };
}
