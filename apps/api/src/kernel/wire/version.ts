// The version that clients are told: the newest release of the wire protocol that is spoken here.

export const wireVersion = '4.22.0.0';
