/** The package has no types of its own. */
declare module 'proxy-from-env' {
  /** The proxy for a URL by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case; '' for none. */
  export function getProxyForUrl(url: string | URL): string;
}
