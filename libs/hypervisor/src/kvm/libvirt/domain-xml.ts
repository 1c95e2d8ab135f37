// Writes libvirt's domain XML for a machine: a pure function of its spec. Reference: https://libvirt.org/formatdomain.html
import { DriverError } from '../../driver-error.ts';
import { controlBridge, type FileRef, type MachineDiskSpec, type MachineNicSpec, type MachineSpec } from '../../specs.ts';
import { checkBridge, checkControlTap, checkMac, checkMachineName, checkTap, checkUuid, hostPath } from '../host-strings.ts';

export const serialLogFolder = '/var/log/libvirt/strata';
/** The XML namespace of our mark in <metadata>: a machine without it is foreign. */
const ownerNamespace = 'urn:strata:machine:1';

/** Where the agent in the machine looks for its boot data. */
const bootDataName = 'opt/org.strata/boot-data';

export function serialLogPath(name: string): string {
  return `${serialLogFolder}/${checkMachineName(name)}.serial.log`;
}

export function domainXml(spec: MachineSpec): string {
  const name = checkMachineName(spec.name);
  const emulated = spec.virtualisation === 'emulated';
  return [
    `<domain type='${emulated ? 'qemu' : 'kvm'}'>`,
    `  <name>${escapeXml(name)}</name>`,
    `  <uuid>${checkUuid(spec.uuid)}</uuid>`,
    `  <metadata>`,
    `    <strata:machine xmlns:strata='${ownerNamespace}' cpuMhz='${whole(spec.cpuMhz)}'/>`,
    `  </metadata>`,
    `  <memory unit='MiB'>${whole(spec.memoryMib)}</memory>`,
    `  <vcpu placement='static'>${whole(spec.cpuCount)}</vcpu>`,
    `  <cputune>`,
    `    <shares>${cpuShares(spec)}</shares>`,
    `  </cputune>`,
    ...bootDataLines(spec),
    `  <os>`,
    // i440fx: its one PCI bus takes disks and NICs while the guest runs, without ports planned ahead as q35 needs them.
    `    <type arch='x86_64' machine='pc'>hvm</type>`,
    `  </os>`,
    `  <features>`,
    `    <acpi/>`,
    `    <apic/>`,
    `  </features>`,
    // Software emulation is fastest with QEMU's plain default CPU.
    ...(emulated ? [] : [`  <cpu mode='host-model'/>`]),
    `  <clock offset='utc'/>`,
    `  <on_poweroff>destroy</on_poweroff>`,
    `  <on_reboot>restart</on_reboot>`,
    `  <on_crash>destroy</on_crash>`,
    `  <devices>`,
    ...byDevice(spec.disks).flatMap((disk) => diskLines(disk, spec.cdrom === undefined ? 1 : 2)),
    ...(spec.cdrom === undefined ? [] : cdromLines(spec.cdrom)),
    ...byDevice(spec.nics).flatMap(nicLines),
    `    <serial type='pty'>`,
    `      <log file='${escapeXml(serialLogPath(name))}' append='on'/>`,
    `      <target port='0'/>`,
    `    </serial>`,
    `    <console type='pty'>`,
    `      <target type='serial' port='0'/>`,
    `    </console>`,
    `    <graphics type='vnc' autoport='yes' listen='127.0.0.1'${passwordAttribute(spec.consolePassword)}/>`,
    `    <video>`,
    `      <model type='vga'/>`,
    `    </video>`,
    `    <input type='tablet' bus='usb'/>`,
    `    <rng model='virtio'>`,
    `      <backend model='random'>/dev/urandom</backend>`,
    `    </rng>`,
    `    <memballoon model='none'/>`,
    `  </devices>`,
    `</domain>`,
    ``,
  ].join('\n');
}

/** QEMU's fw_cfg device: the guest's root reads it as a file, and it comes along in live migrations. */
function bootDataLines({ bootData }: MachineSpec): string[] {
  if (bootData === undefined) return [];
  if (!/^[\x20-\x7e]{1,16384}$/.test(bootData))
    throw new DriverError('refused', "a machine's boot data must be one line of at most 16 KiB of ASCII");
  // libvirt (9.0, qemuBuildFWCfg) hands the text to QEMU's command line with its XML entities and unescaped commas: base64 has neither.
  const text = Buffer.from(bootData).toString('base64');
  return [`  <sysinfo type='fwcfg'>`, `    <entry name='${bootDataName}'>${text}</entry>`, `  </sysinfo>`];
}

function diskLines(disk: MachineDiskSpec, bootOrder: 1 | 2): string[] {
  return [
    `    <disk type='file' device='disk'>`,
    `      <driver name='qemu' type='${disk.format}' cache='none' discard='unmap'/>`,
    `      <source file='${escapeXml(hostPath(disk.file))}'/>`,
    `      <target dev='${diskTarget(disk.deviceId)}' bus='virtio'/>`,
    // The guest finds its disks again by this, whatever order it names them in.
    `      <serial>${disk.deviceId === 0 ? 'root' : `data-${disk.deviceId}`}</serial>`,
    ...(disk.deviceId === 0 ? [`      <boot order='${bootOrder}'/>`] : []),
    `    </disk>`,
  ];
}

/** A drive is there before its medium, since IDE takes no new drives while the guest runs. An ISO that can be booted comes before the disk. */
export function cdromLines(iso: FileRef | null): string[] {
  return [
    `    <disk type='file' device='cdrom'>`,
    `      <driver name='qemu' type='raw'/>`,
    ...(iso === null ? [] : [`      <source file='${escapeXml(hostPath(iso))}'/>`]),
    `      <target dev='hdc' bus='ide'/>`,
    `      <readonly/>`,
    `      <boot order='1'/>`,
    `    </disk>`,
  ];
}

function nicLines(nic: MachineNicSpec): string[] {
  return [
    `    <interface type='bridge'>`,
    `      <mac address='${checkMac(nic.mac)}'/>`,
    `      <source bridge='${escapeXml(checkBridge(nic.bridge))}'/>`,
    ...(nic.tap === undefined
      ? []
      : [`      <target dev='${nic.bridge === controlBridge ? checkControlTap(nic.tap) : checkTap(nic.tap)}'/>`]),
    `      <model type='virtio'/>`,
    ...(nic.isolated === true ? [`      <port isolated='yes'/>`] : []),
    `    </interface>`,
  ];
}

/** VNC's password authentication takes eight characters and ignores the rest. */
function passwordAttribute(password: string | undefined): string {
  if (password === undefined) return '';
  if (!/^[A-Za-z0-9]{8}$/.test(password)) throw new DriverError('refused', 'a console password has eight letters and digits');
  return ` passwd='${password}'`;
}

/**
 * One share stands for 10 MHz. libvirt hands the number to the kernel as it is, and cgroup v2 takes only 1 to 10000: a machine beyond 100 GHz gets
 * the most there is.
 */
function cpuShares(spec: MachineSpec): number {
  return Math.min(10_000, Math.max(2, Math.round((spec.cpuCount * spec.cpuMhz) / 10)));
}

function diskTarget(deviceId: number): string {
  if (!Number.isInteger(deviceId) || deviceId < 0 || deviceId > 25)
    throw new DriverError('refused', `a disk can't have the device id ${deviceId}`);
  return `vd${String.fromCharCode('a'.charCodeAt(0) + deviceId)}`;
}

function byDevice<T extends { readonly deviceId: number }>(devices: readonly T[]): T[] {
  return devices.toSorted((a, b) => a.deviceId - b.deviceId);
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new DriverError('refused', `a machine can't have the size ${value}`);
  return value;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');
}
