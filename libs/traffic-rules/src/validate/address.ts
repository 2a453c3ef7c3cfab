import { isIP } from 'node:net';

/** An IPv4 or IPv6 address, as Go's netip reads it. */
export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** `10.0.0.0/8`: an address and the number of its leading bits. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  if (rest.length > 0 || version === 0 || address.includes('%')) return false;
  return /^(?:0|[1-9]\d*)$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

/** An address, or a block of them. */
export function isIpSubnet(text: string): boolean {
  return text.split('/').length === 2 ? isCidr(text) : isIpAddress(text);
}
