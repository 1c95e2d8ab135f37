// Branded internal ids: plain numbers at run time, not interchangeable at compile time.

declare const brand: unique symbol;
export type Id<Noun extends string> = number & { readonly [brand]: Noun };

export type DomainId = Id<'domain'>;
export type AccountId = Id<'account'>;
export type UserId = Id<'user'>;
export type ZoneId = Id<'zone'>;
export type PodId = Id<'pod'>;
export type ClusterId = Id<'cluster'>;
export type HostId = Id<'host'>;
export type StoragePoolId = Id<'storagePool'>;
export type ImageStoreId = Id<'imageStore'>;
export type PhysicalNetworkId = Id<'physicalNetwork'>;
export type NetworkId = Id<'network'>;
export type NetworkOfferingId = Id<'networkOffering'>;
export type ServiceOfferingId = Id<'serviceOffering'>;
export type DiskOfferingId = Id<'diskOffering'>;
export type TemplateId = Id<'template'>;
export type VmId = Id<'vm'>;
export type VolumeId = Id<'volume'>;
export type NicId = Id<'nic'>;
export type JobId = Id<'job'>;
