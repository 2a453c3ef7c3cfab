/** In lower case, ASCII letters only, as HTTP's host names and Envoy's comparisons have it. */
export function asciiLowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
