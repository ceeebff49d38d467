/** The file that is read where none is named, if it is there. */
export const DEFAULT_CONFIG_FILE = 'tandem.yaml';
