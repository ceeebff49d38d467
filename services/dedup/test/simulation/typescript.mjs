// Lets node run the simulation from its TypeScript source: node --import ./typescript.mjs --conditions=@tandem/source main.ts
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
