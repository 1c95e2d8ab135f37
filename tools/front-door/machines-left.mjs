// The machines that a reset leaves on hosts, and what it says of them.
import { call } from './system-caller.mjs';

const PAGE_SIZE = 500;

/**
 * `{ guests, systemMachines }`, each a list of `{ name, instanceName, host, state }`, system machines also with `uuid`. The server is asked
 * first; the rows tell the same when none answers.
 * @param connect opens a connection to the database
 */
export async function machinesLeft(place, connect) {
  return machinesByApi(place).catch(() => machinesByDatabase(connect));
}

async function machinesByApi(place) {
  const guests = await all(place, 'listVirtualMachines', 'virtualmachine');
  const system = [...(await all(place, 'listSystemVms', 'systemvm')), ...(await all(place, 'listRouters', 'router'))];
  return {
    guests: guests.map((vm) => ({ name: vm.name, instanceName: vm.instancename, host: vm.hostname, state: vm.state })),
    systemMachines: system.map((vm) => ({
      name: vm.systemvmtype ?? 'domainrouter',
      instanceName: vm.name,
      host: vm.hostname,
      state: vm.state,
      uuid: vm.id,
    })),
  };
}

async function all(place, command, field) {
  const found = [];
  for (let page = 1; ; page += 1) {
    const { [field]: some = [] } = await call(place, command, { listall: 'true', page: String(page), pagesize: String(PAGE_SIZE) });
    found.push(...some);
    if (some.length < PAGE_SIZE) return found;
  }
}

async function machinesByDatabase(connect) {
  const connection = await connect();
  try {
    return {
      guests: await rows(
        connection,
        `SELECT vm.name, CONCAT('i-', vm.account_id, '-', vm.id, '-VM') AS instanceName, host.name AS host, vm.state
         FROM virtual_machine vm LEFT JOIN host ON host.id = vm.host_id ORDER BY vm.id`,
      ),
      systemMachines: await rows(
        connection,
        `SELECT vm.kind AS name, vm.uuid, host.name AS host, vm.state,
           CONCAT(CASE vm.kind WHEN 'secondarystoragevm' THEN 's' WHEN 'consoleproxy' THEN 'v' ELSE 'r' END, '-', vm.id, '-VM') AS instanceName
         FROM system_vm vm LEFT JOIN host ON host.id = vm.host_id ORDER BY vm.id`,
      ),
    };
  } finally {
    await connection.end();
  }
}

/** An empty or older database has no such table yet. */
async function rows(connection, query) {
  try {
    return (await connection.query(query))[0];
  } catch (error) {
    if (error.code === 'ER_NO_SUCH_TABLE' || error.code === 'ER_BAD_DB_ERROR') return [];
    throw error;
  }
}

/** What is told before the records go. */
export function linesOfMachinesLeft({ guests, systemMachines }) {
  const lines = [];
  if (guests.length > 0) {
    lines.push('These and their disks stay where they are; afterwards nobody but you knows of them:');
    lines.push(...guests.map(lineOf));
  }
  if (systemMachines.length > 0) {
    lines.push('These system machines stay too and are of no use afterwards:');
    lines.push(...systemMachines.map((machine) => `${lineOf(machine)}  disk volumes/${machine.uuid}.qcow2`));
    lines.push(
      `    End each that runs on its host (virsh destroy ${systemMachines[0].instanceName}), then remove its disk from the primary storage.`,
      '    Until then such a host is refused when you add it again.',
    );
  }
  return lines.length > 0 ? lines : ['It has no machines.'];
}

const lineOf = ({ name, instanceName, host, state }) => `    ${instanceName}  ${name}  ${state}${host ? `  on ${host}` : ''}`;
