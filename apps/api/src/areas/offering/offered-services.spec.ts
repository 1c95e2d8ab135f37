// Services of network offerings, good and bad.
import { describe, expect, it } from 'vitest';
import { parseServices } from './offered-services.ts';

const router = (service: string) => ({ service, provider: 'VirtualRouter' });

describe('services of network offerings', () => {
  it('keeps the spelling of the product and the order given', () => {
    expect(
      parseServices({
        supportedservices: ['dhcp', 'SecurityGroup', 'Dhcp', 'SourceNat'],
        serviceproviderlist: [router('dhcp'), { service: 'SecurityGroup', provider: 'securitygroupprovider' }, router('SourceNat')],
        servicecapabilitylist: [{ service: 'SourceNat', capabilitytype: 'RedundantRouter', capabilityvalue: 'true' }],
      }),
    ).toEqual([
      { name: 'Dhcp', providers: ['VirtualRouter'] },
      { name: 'SecurityGroup', providers: ['SecurityGroupProvider'] },
      { name: 'SourceNat', providers: ['VirtualRouter'], capabilities: { RedundantRouter: 'true' } },
    ]);
    expect(parseServices({})).toEqual([]);
  });

  it.each([
    [{ supportedservices: ['Teleport'] }, 'is no network service'],
    [{ supportedservices: ['Dhcp'] }, 'service Dhcp has no provider'],
    [{ supportedservices: ['Dhcp'], serviceproviderlist: [router('Dns')] }, 'supportedservices does not hold'],
    [{ supportedservices: ['Dhcp'], serviceproviderlist: [{ service: 'Dhcp', provider: 'Nobody' }] }, 'is no provider'],
    [
      { supportedservices: ['SecurityGroup'], serviceproviderlist: [router('SecurityGroup')] },
      'VirtualRouter does not provide SecurityGroup',
    ],
    [
      {
        supportedservices: ['Dhcp'],
        serviceproviderlist: [router('Dhcp')],
        servicecapabilitylist: [{ service: 'Dhcp', capabilitytype: 'Speed' }],
      },
      'no capability "Speed"',
    ],
  ])('refuses %j', (args, reason) => {
    expect(() => parseServices(args)).toThrow(reason);
  });
});
