/** RFC 9110 5.6.2: what a method or the name of a header is made of. */
export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
