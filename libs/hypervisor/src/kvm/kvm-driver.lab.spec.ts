// The KVM driver on the lab's real hosts: the contract that every driver keeps.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DriverRig } from '../conformance/rig.ts';
import { describeDriverContract } from '../conformance/driver-contract.ts';
import type { HostAddress } from '../specs.ts';
import { KvmDriver } from './kvm-driver.ts';
import { cutConnections, labExport, labHost, labValue, labValues, systemVmImage } from './lab-hosts.ts';

function imageAt(localPath: string): DriverRig['image'] {
  const image = readFileSync(localPath);
  // QEMU's docs/interop/qcow2.txt: the size is at byte 24.
  return { localPath, sha256: createHash('sha256').update(image).digest('hex'), virtualSizeBytes: Number(image.readBigUInt64BE(24)) };
}

describeDriverContract('KvmDriver', async (): Promise<DriverRig> => {
  const values = labValues();
  return {
    driver: new KvmDriver(),
    hosts: [labHost(values, 'kvm1'), labHost(values, 'kvm2')],
    primary: labExport(values, randomUUID(), labValue(values, 'LAB_NFS_PRIMARY')),
    secondary: labExport(values, randomUUID(), labValue(values, 'LAB_NFS_SECONDARY')),
    missingExportPath: '/export/no-such-export',
    image: imageAt(labValue(values, 'LAB_GUEST_IMAGE')),
    systemImage: imageAt(systemVmImage()),
    bridge: labValue(values, 'LAB_GUEST_BRIDGE'),
    virtualisation: labValue(values, 'LAB_HARDWARE_VIRTUALISATION') === 'yes' ? 'hardware' : 'emulated',
    cutConnection: (host: HostAddress) => Promise.resolve(cutConnections(host.key === 'lab-kvm1' ? 'kvm1' : 'kvm2')),
    close: () => Promise.resolve(),
  };
});
