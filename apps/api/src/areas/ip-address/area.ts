// Public IP addresses.
import { area } from '../../kernel/area.ts';
import { listPublicIpAddresses } from './list-public-ip-addresses.command.ts';

export const ipAddressArea = area({ name: 'ip-address', commands: [listPublicIpAddresses] });
