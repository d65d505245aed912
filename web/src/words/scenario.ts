/** `relation=Stranger;victims=One person` as a person reads it. */
export const readable = (key: string) => key.split(';').map((part) => part.slice(part.indexOf('=') + 1)).join(' · ')
