// The DNS suffix of guests where neither network nor zone has one.
export const defaultGuestDomain = 'cloud.internal';
