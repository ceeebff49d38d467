// Lets a child process of a test run TypeScript sources, as Jest does for the test itself.
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);
