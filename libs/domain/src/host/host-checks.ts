// What a machine must be to become a host: each check measures one fact and names cause and remedy.
import { check, type CheckResult } from '../check.ts';
import { compareVersions } from '../version.ts';
import { fqdnCheck } from './fqdn-check.ts';
import type { HostFacts } from './host-facts.ts';
import { type HostPlace, placeChecks } from './place-checks.ts';

const minimumLibvirtVersion = '6.0';
const minimumQemuVersion = '4.2';
/** Signed requests and leases need clocks that agree. */
const clockLimitsMs = { amber: 5_000, red: 60_000 } as const;

/** Systems on which the product is tried out; others may work (CS-18). */
const declaredHostSystems: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'Debian 12 and 13', pattern: /^debian gnu\/linux (12|13)\b/i },
  { name: 'Ubuntu 22.04 and 24.04', pattern: /^ubuntu (22|24)\.04\b/i },
  { name: 'Red Hat Enterprise Linux, Rocky Linux and AlmaLinux 9', pattern: /^(red hat enterprise linux|rocky linux|almalinux) 9\b/i },
];

const supportedArchs: readonly string[] = ['x86_64', 'aarch64'];

export interface HostCheckContext extends HostPlace {
  /** Whether hosts without hardware virtualisation are accepted. */
  readonly emulationAllowed: boolean;
  /** Where guests' network cards are plugged in. */
  readonly guestBridge: string;
  /** Instance names of the machines that are ours on this host. */
  readonly ownedMachineNames: ReadonlySet<string>;
}

export function hostChecks(facts: HostFacts, context: HostCheckContext): CheckResult[] {
  return [
    rootRights(facts),
    fqdnCheck('host.fqdn', facts),
    architecture(facts),
    system(facts),
    virtualisation(facts, context),
    libvirt(facts),
    qemu(facts),
    foreignMachines(facts, context),
    bridge(facts, context),
    nfsClient(facts),
    clock(facts),
    timeSync(facts),
    staticAddress(facts),
    accessControl(facts),
    ...placeChecks(facts, context),
  ];
}

/** CS-20 */
function rootRights(facts: HostFacts): CheckResult {
  const { green, red } = check('host.root', 'Rights of the login');
  if (facts.isRoot) return green('root, or sudo without a password');
  return red(
    'an ordinary user',
    'the login has no rights of root, so machines, mounts and bridges cannot be set up: it is not root, sudo asks for a password, or sudo demands a terminal (requiretty)',
    'add the host as root, or as root on it: printf "Defaults:<user> !requiretty\\n<user> ALL=(ALL) NOPASSWD: ALL\\n" > /etc/sudoers.d/strata',
  );
}

/** CS-17 */
function architecture(facts: HostFacts): CheckResult {
  const { green, red } = check('host.arch', 'Processor architecture');
  if (supportedArchs.includes(facts.arch)) return green(facts.arch);
  return red(
    facts.arch,
    `the operating system is for ${facts.arch}, which is not supported`,
    `install a 64-bit operating system (${supportedArchs.join(' or ')}) and check with: uname -m`,
  );
}

/** CS-18 */
function system(facts: HostFacts): CheckResult {
  const { green, amber } = check('host.os', 'Operating system');
  if (declaredHostSystems.some((declared) => declared.pattern.test(facts.osName))) return green(facts.osName);
  return amber(
    facts.osName || 'not known',
    'the product has not been tried on this system',
    `it may work; tried systems are ${declaredHostSystems.map((declared) => declared.name).join('; ')}`,
  );
}

/** CS-16 */
function virtualisation(facts: HostFacts, context: HostCheckContext): CheckResult {
  const { green, amber, red } = check('host.virtualisation', 'Hardware virtualisation');
  if (facts.hardwareVirtualisation) return green('the CPU flag and /dev/kvm are there');
  const measured = 'no usable /dev/kvm';
  if (context.emulationAllowed)
    return amber(
      measured,
      'machines run by software emulation (TCG), many times slower',
      'fit for tests only; for real work enable VT-x or AMD-V in the firmware, then: modprobe kvm_intel or modprobe kvm_amd',
    );
  return red(
    measured,
    'VT/SVM is disabled or missing',
    'enable "Intel Virtualization Technology" or "SVM Mode" in the firmware (BIOS/UEFI) and power the machine off and on; check with: grep -Ec "vmx|svm" /proc/cpuinfo && ls -l /dev/kvm. For tests without it, start the management server with STRATA_EMULATION=1',
  );
}

/** CS-47 */
function libvirt(facts: HostFacts): CheckResult {
  const { green, red } = check('host.libvirt', 'libvirt');
  const version = facts.libvirtVersion;
  if (version === null)
    return red(
      'no answer',
      'the libvirt daemon is not installed or does not run',
      'Debian and Ubuntu: apt-get install libvirt-daemon-system libvirt-clients; Red Hat family: dnf install libvirt; then: systemctl enable --now libvirtd, and check with: virsh version',
    );
  if (compareVersions(version, minimumLibvirtVersion) >= 0) return green(version);
  return red(
    version,
    `libvirt ${version} is too old: ${minimumLibvirtVersion} or newer is needed`,
    'upgrade the operating system to a current release and install its libvirt packages',
  );
}

/** CS-47 */
function qemu(facts: HostFacts): CheckResult {
  const { green, red } = check('host.qemu', 'QEMU');
  const version = facts.qemuVersion;
  if (version === null)
    return red(
      'not found',
      'QEMU is not installed',
      'Debian and Ubuntu: apt-get install qemu-system-x86 qemu-utils (or qemu-system-arm); Red Hat family: dnf install qemu-kvm qemu-img',
    );
  if (compareVersions(version, minimumQemuVersion) >= 0) return green(version);
  return red(
    version,
    `QEMU ${version} is too old: ${minimumQemuVersion} or newer is needed`,
    'upgrade the operating system to a current release and install its QEMU packages',
  );
}

/** CS-19 */
function foreignMachines(facts: HostFacts, context: HostCheckContext): CheckResult {
  const { green, amber, red } = check('host.foreignMachines', 'Machines of others');
  const foreign = facts.machines.filter((machine) => !context.ownedMachineNames.has(machine.name));
  const names = (machines: typeof foreign) =>
    machines
      .slice(0, 10)
      .map((machine) => machine.name)
      .join(', ') + (machines.length > 10 ? ` and ${machines.length - 10} more` : '');
  const running = foreign.filter((machine) => machine.running);
  const defined = foreign.filter((machine) => !machine.running);
  if (running.length > 0)
    return red(
      `${running.length} running: ${names(running)}${defined.length > 0 ? `; ${defined.length} defined: ${names(defined)}` : ''}`,
      'virtual machines that are not ours run on it',
      `move or end them (virsh shutdown ${running[0]?.name}), or use a freshly installed host`,
    );
  if (defined.length > 0)
    return amber(
      `${defined.length} defined, not running: ${names(defined)}`,
      'virtual machines that are not ours are defined on it; started later they would use capacity that we promise to others',
      `remove their definitions if they are not needed: virsh undefine ${defined[0]?.name}`,
    );
  return green('none');
}

function bridge(facts: HostFacts, context: HostCheckContext): CheckResult {
  const { green, amber, red } = check('host.bridge', 'Guest bridge');
  const name = context.guestBridge;
  const found = facts.bridges.find((candidate) => candidate.name === name);
  if (!found) {
    const others = facts.bridges.map((candidate) => candidate.name).join(', ');
    return red(
      others === '' ? 'the host has no bridge' : `bridges: ${others}`,
      `the guest bridge ${name} is missing`,
      `create it with the host's network card as port and move the host's address to it, in /etc/network/interfaces: "auto ${name}", "iface ${name} inet static", "bridge_ports eth0"; or name another bridge as KVM traffic label of the guest network`,
    );
  }
  const measured = `${name} with ports ${found.ports.join(', ') || 'none'}`;
  if (found.macPinned) return green(measured);
  return amber(
    measured,
    `the MAC address of ${name} is not set explicitly: it follows the lowest one of its ports and changes when machines start`,
    `ip link set dev ${name} address $(cat /sys/class/net/${name}/address), and "bridge_hw <that address>" in /etc/network/interfaces to keep it after a restart`,
  );
}

function nfsClient(facts: HostFacts): CheckResult {
  const { green, red } = check('host.nfsClient', 'NFS client');
  if (facts.hasNfsClient) return green('mount.nfs is installed');
  return red(
    'no mount.nfs',
    'the NFS client is missing, so primary storage cannot be mounted',
    'Debian and Ubuntu: apt-get install nfs-common; Red Hat family: dnf install nfs-utils',
  );
}

/** CS-50 */
function clock(facts: HostFacts): CheckResult {
  const { green, amber, red } = check('host.clock', 'Clock');
  const off = Math.abs(facts.clockOffsetMs);
  const measured = `${(off / 1000).toFixed(1)} s ${facts.clockOffsetMs < 0 ? 'behind' : 'ahead of'} the management server`;
  const remedy = 'install and start a time service: apt-get install chrony; systemctl enable --now chrony; chronyc makestep';
  if (off > clockLimitsMs.red) return red(measured, 'the clock is off by more than a minute', remedy);
  if (off > clockLimitsMs.amber) return amber(measured, 'the clock is off by more than 5 seconds', remedy);
  return green(measured);
}

/** CS-50 */
function timeSync(facts: HostFacts): CheckResult {
  const { green, amber } = check('host.timeSync', 'Time service');
  if (facts.timeSyncActive) return green('active');
  return amber('not active', 'no time service keeps the clock right', 'apt-get install chrony; systemctl enable --now chrony');
}

/** CS-21 */
function staticAddress(facts: HostFacts): CheckResult {
  const { green, amber } = check('host.staticAddress', 'Fixed address');
  if (facts.usesDhcp === null) return green('how the address was set is not known');
  if (!facts.usesDhcp) return green('set by hand');
  return amber(
    'by DHCP',
    'the management address comes from DHCP: when it changes, the host is lost to the management server',
    'set address, netmask, gateway and DNS by hand (/etc/network/interfaces, netplan or nmcli), or reserve the address in the DHCP server',
  );
}

/** CS-26 */
function accessControl(facts: HostFacts): CheckResult {
  const { green, amber } = check('host.accessControl', 'SELinux or AppArmor');
  if (facts.mandatoryAccessControl !== 'enforcing') return green(facts.mandatoryAccessControl ?? 'none');
  return amber(
    'enforcing',
    'the policy may keep machines from disks on NFS',
    'see what is denied with: ausearch -m avc -ts recent; allow NFS with: setsebool -P virt_use_nfs on; or: setenforce 0 and SELINUX=permissive in /etc/selinux/config',
  );
}
