/**
 * What every key and channel in Redis begins with. The number is the format's: whoever changes what is kept under
 * a key takes the next, so that two releases on one Redis do not misread each other.
 */
export const keyPrefix = "dash1:";
