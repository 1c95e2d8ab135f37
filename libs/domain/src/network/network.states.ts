// The life of networks and of what they are made of: physical networks, service providers.
import { lifecycle } from '../lifecycle.ts';

/** Shared networks stay in Setup: nothing has to be built for them. The others are built when the first machine needs them. */
export const networkLifecycle = lifecycle('network', {
  Allocated: { setUp: 'Setup', implementRequested: 'Implementing', destroyRequested: 'Destroy' },
  Setup: { implementRequested: 'Implementing', destroyRequested: 'Destroy' },
  Implementing: { implemented: 'Implemented', implementFailed: 'Shutdown' },
  Implemented: { shutdownRequested: 'Shutdown', destroyRequested: 'Destroy' },
  Shutdown: { shutDown: 'Allocated', implementRequested: 'Implementing', destroyRequested: 'Destroy' },
  Destroy: { destroyRequested: 'Destroy' },
});

export const physicalNetworkLifecycle = lifecycle('physical network', {
  Disabled: { enableRequested: 'Enabled' },
  Enabled: { disableRequested: 'Disabled' },
});

export const networkServiceProviderLifecycle = lifecycle('network service provider', {
  Disabled: { enableRequested: 'Enabled' },
  Enabled: { disableRequested: 'Disabled', shutdownRequested: 'Shutdown' },
  Shutdown: { shutDown: 'Disabled' },
});

export type NetworkState = (typeof networkLifecycle.states)[number];
export type PhysicalNetworkState = (typeof physicalNetworkLifecycle.states)[number];
export type NetworkServiceProviderState = (typeof networkServiceProviderLifecycle.states)[number];
export const networkInitialState: NetworkState = 'Allocated';
export const physicalNetworkInitialState: PhysicalNetworkState = 'Disabled';
export const networkServiceProviderInitialState: NetworkServiceProviderState = 'Disabled';
