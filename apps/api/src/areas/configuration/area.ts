// Settings and what the cloud can do.
import { area } from '../../kernel/area.ts';
import { enforcePostAndTimestamps } from '../../kernel/http/hardening.ts';
import { SettingValueRow, SettingVersion } from '../../kernel/settings/setting-value.entity.ts';
import { listCapabilities } from './list-capabilities.command.ts';
import { listConfigurations } from './list-configurations.command.ts';
import { listHypervisorCapabilities } from './list-hypervisor-capabilities.command.ts';
import { listHypervisors } from './list-hypervisors.command.ts';
import { oldClientSettings } from './old-client.settings.ts';
import { resetConfiguration } from './reset-configuration.command.ts';
import { updateConfiguration } from './update-configuration.command.ts';

export const configurationArea = area({
  name: 'configuration',
  commands: [listCapabilities, listConfigurations, listHypervisors, listHypervisorCapabilities, resetConfiguration, updateConfiguration],
  entities: [SettingValueRow, SettingVersion],
  settings: [...oldClientSettings, enforcePostAndTimestamps],
});
